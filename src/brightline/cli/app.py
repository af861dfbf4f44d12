"""The root of the command line: finds the one command asked for, and turns every failure into words and a code.

Only the module of the command asked for is imported, so that `version` starts at once and `ledger verify` loads neither
the store nor the policy engine. The short helps therefore stand here, in a table that a test compares.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from types import MappingProxyType
from typing import NoReturn, cast

import click

from brightline.cli.edge import run_at_edge

Places = MappingProxyType[str, tuple[str, str]]

HELP = """Brightline: the gateway every AI call goes through, and the record everybody can check.

Start with `brightline demo`; it needs nothing and takes under two minutes."""

KEY: Places = MappingProxyType(
    {
        "add": ("brightline.cli.key_add", "Make a key and show its secret once."),
        "import": ("brightline.cli.key_import", "Take a secret that somebody else made."),
        "revoke": ("brightline.cli.key_revoke", "Let a key fail from the next request on."),
        "list": ("brightline.cli.key_list", "Show every key ever made, without secrets."),
    }
)
LEDGER: Places = MappingProxyType(
    {
        "verify": ("brightline.cli.ledger_verify", "Check a log directory, entry by entry."),
        "show": ("brightline.cli.ledger_show", "Show the state of the ledger and its last entries."),
        "prove": ("brightline.cli.ledger_prove", "Give the proof that an entry is in the log."),
        "verify-proof": ("brightline.cli.ledger_verify_proof", "Check a proof that somebody gave you."),
    }
)
AGREEMENT: Places = MappingProxyType(
    {
        "new": ("brightline.cli.agreement_new", "Write an agreement to start from."),
        "check": ("brightline.cli.agreement_check", "List all faults of an agreement."),
        "key": (
            "brightline.cli.agreement_key",
            "Make a key with which a party signs agreements, or show its entry.",
        ),
        "sign": ("brightline.cli.agreement_sign", "Sign an agreement for one party."),
        "verify": (
            "brightline.cli.agreement_verify",
            "Say who signed an agreement, who is missing, and whether it would take effect now.",
        ),
        "state-current": (
            "brightline.cli.agreement_state_current",
            "State that an agreement is still the one in force.",
        ),
        "activate": ("brightline.cli.agreement_activate", "Take a version of the agreement into force."),
        "current": (
            "brightline.cli.agreement_current",
            "Take a statement that the agreement in force is still current.",
        ),
        "explain": (
            "brightline.cli.agreement_explain",
            "Say why a request is decided as it is, and what would change the answer.",
        ),
        "simulate": ("brightline.cli.agreement_simulate", "Decide written requests without making any of them."),
        "diff": ("brightline.cli.agreement_diff", "Show by example what a new version decides otherwise."),
        "plan": (
            "brightline.cli.agreement_plan",
            "Say what a new version would change; end with 1 when anything widens.",
        ),
        "prove": ("brightline.cli.agreement_prove", "Prove the red lines and write the certificate."),
        "verify-proof": ("brightline.cli.agreement_verify_proof", "Check the certificate of a proof, offline."),
        "packs": ("brightline.cli.agreement_packs", "List the packs of rules, show one, or copy it into an agreement."),
    }
)
CLOCK: Places = MappingProxyType(
    {"acknowledge": ("brightline.cli.clock_acknowledge", "Say that a jump of the clock is known and right.")}
)
LOG_KEY: Places = MappingProxyType(
    {"rotate": ("brightline.cli.log_key_rotate", "Sign with a new log key from now on.")}
)
DIRECTORY: Places = MappingProxyType(
    {
        "key": ("brightline.cli.directory_key", "Make the directory's key, or show its entry."),
        "assert": ("brightline.cli.directory_assert", "Say in which roles a person may sign, and until when."),
        "revoke": (
            "brightline.cli.directory_revoke",
            "Issue the revocation list: what no longer counts, and since when that is known.",
        ),
        "bundle": ("brightline.cli.directory_bundle", "Write the trust bundle of one effector."),
    }
)
APPROVER: Places = MappingProxyType(
    {
        "enrol": (
            "brightline.cli.approver_enrol",
            "Hand the directory your public key, with a proof that you hold its private half.",
        ),
        "import": (
            "brightline.cli.approver_import",
            "Take role assertions and revocation lists into a data directory.",
        ),
        "list": ("brightline.cli.approver_list", "Show who may sign, in which roles and until when."),
    }
)
HOLD: Places = MappingProxyType(
    {
        "list": ("brightline.cli.hold_list", "List what is held, and how far it is."),
        "show": ("brightline.cli.hold_show", "Show one held action, as whoever signs it is shown it."),
        "sign": ("brightline.cli.hold_sign", "Hand in what a person signed about a held action."),
        "revoke": ("brightline.cli.hold_revoke", "Hand in a signed revocation, before the action is begun."),
        "release": ("brightline.cli.hold_release", "Write the release of an approved action."),
        "review": (
            "brightline.cli.hold_review",
            "Judge broken glass with your own key, or list what waits.",
        ),
    }
)
METER: Places = MappingProxyType(
    {
        "show": (
            "brightline.cli.meter_show",
            "Show what each meter tells now, and from where on a policy refuses or holds.",
        ),
        "rebuild": (
            "brightline.cli.meter_rebuild",
            "Count all meters again from the ledger, and compare.",
        ),
        "explain": (
            "brightline.cli.meter_explain",
            "Say what the meter entry ENTRY of the ledger adds, to which meters.",
        ),
        "rotate-key": (
            "brightline.cli.meter_rotate_key",
            "Hide people under a new key from now on.",
        ),
    }
)
DESCRIBE: Places = MappingProxyType(
    {
        "explain": (
            "brightline.cli.describe_explain",
            "Say what a text is described as, and by which of its words.",
        ),
        "again": (
            "brightline.cli.describe_again",
            "Describe the words of a recorded use again, and compare with its record.",
        ),
        "calibrate": (
            "brightline.cli.describe_calibrate",
            "Find the thresholds for one app's words, from ordinary texts of its own.",
        ),
        "train": ("brightline.cli.describe_train", "Train a describer on labelled texts."),
    }
)
AUTHORITY: Places = MappingProxyType(
    {
        "draft": ("brightline.cli.authority_draft", "Write an authority for its issuer to sign."),
        "sign": ("brightline.cli.authority_sign", "Sign an authority, having shown what is signed."),
        "register": (
            "brightline.cli.authority_register",
            "Take a signed authority: it covers its persons from now on.",
        ),
        "list": ("brightline.cli.authority_list", "Show every authority that was registered and not revoked."),
        "revoke": ("brightline.cli.authority_revoke", "Let an authority cover nobody from now on."),
    }
)
OVERSIGHT: Places = MappingProxyType(
    {
        "report": (
            "brightline.cli.oversight_report",
            "Say how people decide: what they catch, how long they look, what they open, how much they have to do.",
        )
    }
)
EFFECTOR: Places = MappingProxyType(
    {"check": ("brightline.cli.effector_check", "Say whether a machine would act under a release, offline.")}
)
MODEL: Places = MappingProxyType({"pull": ("brightline.cli.model_pull", "Fetch the weights of the small local model.")})
ROOT: Places = MappingProxyType(
    {
        "demo": ("brightline.cli.demo", "See Brightline do its main job on a real model."),
        "init": ("brightline.cli.init", "Make a data directory."),
        "serve": ("brightline.cli.serve", "Run the gateway."),
        "sign": ("brightline.cli.sign", "Sign one action on your own machine."),
        "backup": ("brightline.cli.backup", "Copy the data directory, whole and checked."),
        "restore": ("brightline.cli.restore", "Make a data directory from a backup."),
        "version": ("brightline.cli.version", "Print the versions of Brightline and what it rests on."),
    }
)
GROUPS: MappingProxyType[str, tuple[Places, str]] = MappingProxyType(
    {
        "key": (KEY, "API keys: add, import, revoke, list."),
        "agreement": (AGREEMENT, "The agreement: check, packs."),
        "ledger": (LEDGER, "The ledger: verify, show, prove, verify-proof."),
        "clock": (CLOCK, "The clock: acknowledge."),
        "log-key": (LOG_KEY, "The key that signs the log: rotate."),
        "directory": (DIRECTORY, "Who may sign: key, assert, revoke, bundle."),
        "approver": (APPROVER, "The people who sign: enrol, import, list."),
        "hold": (HOLD, "What waits for people: list, show, sign, revoke, release, review."),
        "describe": (DESCRIBE, "What a use is for, as far as its words tell: explain, again, calibrate, train."),
        "meter": (METER, "How much and how many uses touch: show, rebuild, explain."),
        "authority": (AUTHORITY, "Who is taken out of meters, by whose word: draft, sign, register, list, revoke."),
        "oversight": (OVERSIGHT, "How people decide: report."),
        "effector": (EFFECTOR, "Machines that act: check."),
        "model": (MODEL, "The small local model: pull."),
    }
)


class LazyGroup(click.Group):
    """A group whose commands are imported when asked for; each module calls its command `command`."""

    def __init__(self, name: str, *, places: Places, help_text: str) -> None:
        super().__init__(name, help=help_text)
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return [*self._places, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now."""
        place = self._places.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        return cast("click.Command", import_module(place[0]).command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of commands, from the short helps and without importing any."""
        rows = [(name, short) for name, (_, short) in self._places.items()]
        rows += [(name, group.help or "") for name, group in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


class Root(LazyGroup):
    """The whole command line; its `main` is the outer edge, where every error becomes words and an exit code."""

    def main(  # type: ignore[override]  # click's own signature speaks in `Any`
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: object
    ) -> NoReturn:
        """Run the command line that `args` (default: the process's own) hold, and exit 0, 1 or 2."""
        words = list(sys.argv[1:] if args is None else args)

        def go() -> object:
            return super(Root, self).main(words, prog_name or "brightline", standalone_mode=False)

        sys.exit(run_at_edge(go, as_json="--json" in words))


def build() -> Root:
    """The command line with its groups."""
    made = Root("brightline", places=ROOT, help_text=HELP)
    for name, (places, short) in GROUPS.items():
        made.add_command(LazyGroup(name, places=places, help_text=short))
    return made


root = build()
