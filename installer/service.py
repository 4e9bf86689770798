"""An engine that starts with the person's session: a unit for systemd, an agent for launchd, written as files of this user alone."""

from __future__ import annotations

import plistlib
import shlex
import subprocess
from pathlib import Path

from colorgan_core.errors import ColorganError, UsageError
from colorgan_core.files import atomic_write

from .editors import Machine

LABEL = "org.colorgan.engine"
MARK = "# Written by `colorgan plugin service install`."
YEAR = 525600  # minutes without work after which such an engine leaves


def path(machine: Machine) -> Path:
    """The service's file. Raises UsageError on Windows, with what a person can do."""
    if machine.windows:
        raise UsageError(
            "On Windows put a shortcut into the folder that Win+R, shell:startup opens, with the target "
            f"{subprocess.list2cmdline(command('pythonw.exe'))} (pythonw.exe of colorgan's environment)."
        )
    if machine.platform == "darwin":
        return machine.home / "Library/LaunchAgents" / f"{LABEL}.plist"
    return machine.folder("XDG_CONFIG_HOME", ".config") / "systemd/user/colorgan.service"


def command(interpreter: str) -> list[str]:
    return [interpreter, "-I", "-m", "colorgan_core", "serve", "--quiet", "--idle-minutes", str(YEAR)]


def text(machine: Machine, interpreter: str) -> str:
    """What is in the file. It hands $COLORGAN_DATA on, where that is set."""
    data = machine.environment.get("COLORGAN_DATA")
    if machine.platform == "darwin":
        agent = {
            "Label": LABEL, "ProgramArguments": command(interpreter), "RunAtLoad": True, "KeepAlive": {"SuccessfulExit": False},
            "ThrottleInterval": 60, "ProcessType": "Interactive", "EnvironmentVariables": {"COLORGAN_DATA": data} if data else {},
        }  # fmt: skip
        return plistlib.dumps(agent).decode("utf-8")
    program, *arguments = command(interpreter)
    words = [_quoted(program, dollar="$"), *(_quoted(word) for word in arguments)]
    environment = f"Environment={_quoted(f'COLORGAN_DATA={data}', dollar='$')}\n" if data else ""
    # An engine that an editor has started may run already: then this one ends at once, and is tried again each minute.
    return f"""{MARK}
[Unit]
Description=colorgan's engine
StartLimitIntervalSec=0

[Service]
{environment}ExecStart={" ".join(words)}
Restart=on-failure
RestartSec=60

[Install]
WantedBy=default.target
"""


def switch_on(machine: Machine) -> str:
    """The command that starts it now and with each session."""
    if machine.platform == "darwin":
        return f"launchctl bootstrap gui/$(id -u) {shlex.quote(str(path(machine)))}"
    return "systemctl --user daemon-reload && systemctl --user enable --now colorgan.service"


def switch_off(machine: Machine) -> str:
    """The command that ends it, and makes the system forget it."""
    if machine.platform == "darwin":
        return f"launchctl bootout gui/$(id -u)/{LABEL}"
    return "systemctl --user stop colorgan.service; systemctl --user daemon-reload"


def install(machine: Machine, interpreter: str) -> Path:
    """Writes the file. Raises UsageError where another one lies there that colorgan has not written, OutputError."""
    target = path(machine)
    _check_ours(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ColorganError(f"The folder {target.parent} cannot be made ({error.strerror}).") from error
    with atomic_write(target) as beside:
        beside.write_text(text(machine, interpreter), "utf-8")
    return target


def remove(machine: Machine) -> Path | None:
    """Removes the file and what switched it on; None where there is none. Raises UsageError as `install` does."""
    target = path(machine)
    if not target.is_file():
        return None
    _check_ours(target)
    target.unlink()
    (target.parent / "default.target.wants" / target.name).unlink(missing_ok=True)
    return target


def _check_ours(target: Path) -> None:
    if target.exists():
        found = target.read_bytes()
        if MARK.encode() not in found and f"<string>{LABEL}</string>".encode() not in found:
            raise UsageError(f"colorgan did not write {target}; move it away first.")


def _quoted(word: str, dollar: str = "$$") -> str:
    """One word of a unit. `dollar`: how that sign is written, which is expanded only in a command's arguments."""
    for sign, written in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", dollar)):
        word = word.replace(sign, written)
    return f'"{word}"'
