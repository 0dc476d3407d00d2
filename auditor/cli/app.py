"""The Typer application: commands by name, errors as one line.

The second of the two places where ``except Exception`` stands: whatever gets here is our bug, and says so.
"""

from __future__ import annotations

import os
import sys
import traceback

import typer
from typer.exceptions import TyperException

from auditor.cli import can, check, collect, export, frameworks, lifecycle, lint, permissions, prices, rules, scan, who_can
from auditor.errors import AwsauditError

app = typer.Typer(
    name="awsaudit",
    help="Audit an AWS account: security, cost and availability, with evidence, and without guessing.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("scan")(scan.scan)
app.command("collect")(collect.collect)
app.command("check")(check.check)
app.command("export")(export.export)
app.command("lint")(lint.lint)
app.command("lifecycle")(lifecycle.lifecycle)
app.command("can")(can.can)
app.command("who-can")(who_can.who_can)
app.command("permissions")(permissions.permissions)
app.add_typer(rules.app, name="rules")
app.add_typer(prices.app, name="prices")
app.add_typer(frameworks.app, name="frameworks")


def _show_version(wanted: bool) -> None:
    if wanted:
        from auditor import __version__

        typer.echo(f"awsaudit {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", "-V", help="Show the version and exit.", is_eager=True, callback=_show_version
    ),
) -> None:
    pass


def run(arguments: list[str]) -> int:
    """Run the command and return its exit code: 0 clean, 1 findings, 2 usage, 3 incomplete."""
    try:
        result = app(arguments or ["--help"], standalone_mode=False)
    except typer.Exit as stop:
        if stop.exit_code == 130:  # what Typer makes of Ctrl-C
            _say("interrupted")
            return 3
        return stop.exit_code
    except TyperException as error:
        said = error.format_message()
        known = {one.name for one in app.registered_commands} | {one.name for one in app.registered_groups}
        command = " ".join(["awsaudit", *(a for a in arguments[:1] if a in known)])
        _say(f"{said[:1].lower()}{said[1:].rstrip('.?')}; `{command} --help` shows how")
        return 2
    except AwsauditError as error:
        _say(str(error))
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        _say("interrupted")
        return 3
    except BrokenPipeError:
        # The reader of a pipe has gone (for example `head`): not worth a word, but Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 3
    except Exception as error:  # noqa: BLE001  the outermost entry
        if os.environ.get("AWSAUDIT_DEBUG"):
            traceback.print_exc()
        _say(f"awsaudit failed: {type(error).__name__}: {error}; this is a bug: set AWSAUDIT_DEBUG=1 and report what it prints")
        return 3
    return int(result or 0)


def _say(message: str) -> None:
    from auditor.render.visible import visible

    sys.stderr.write(f"awsaudit: {visible(message)}\n")
