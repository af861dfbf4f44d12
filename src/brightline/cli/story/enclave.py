"""A call to a model that exists, but that this enclave does not authorise."""

from brightline.cli.story.stage import Chapter, Stage, refusal_words

STEP = "a model from outside"
MODEL = "frontier-large"


def tell(stage: Stage) -> str:
    """Ask for the model, and show the refusal."""
    reply = stage.client.chat(MODEL, "In one sentence: what is a lighthouse for?")
    stage.say(f"   asked:    the same question of `{MODEL}`\n")
    return refusal_words(stage, reply, step=STEP, code="policy/deployment-not-authorised")


CHAPTER = Chapter(STEP, tell)
