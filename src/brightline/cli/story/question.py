"""An analyst asks, both parties permit, the model answers, streamed."""

from brightline.cli.story.stage import MODEL, Chapter, Stage

STEP = "a question"
TEXT = "In one sentence: what is a lighthouse for?"


def tell(stage: Stage) -> str:
    """Ask, and show the answer as it comes."""
    reply, pieces = stage.client.stream(MODEL, TEXT)
    stage.expect(reply.status == 200, step=STEP, why=f"the answer was {reply.status} {reply.refusal().code}")
    stage.say(f"   asked:    {TEXT}\n   answered: ")
    told = 0
    try:
        for piece in pieces:
            stage.say(" ".join(piece.split("\n")))
            told += len(piece)
    except ValueError as error:
        stage.say("\n")
        stage.expect(False, step=STEP, why=str(error))
    stage.say("\n")
    stage.expect(told > 0, step=STEP, why="the model said nothing")
    receipt = reply.headers.get("brightline-receipt", "").split(" ")
    stage.expect(len(receipt) == 3, step=STEP, why="the answer has no receipt")
    return f"PERMITTED  vendor and operator both permit it, and no law forbids it; its record is entry {receipt[1]}"


CHAPTER = Chapter(STEP, tell)
