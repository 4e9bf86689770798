"""A bundle: made on one machine, and enough on another that has no network."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import colorgan_core
from colorgan_core.cli import main
from colorgan_core.stored_weights import find, folder
from fakes.host import sha256

INPUT, OUTPUT, WEIGHTS, MISSING = 3, 4, 5, 7
WHEEL = f"colorgan-{colorgan_core.__version__}-py3-none-any.whl"


@pytest.fixture(scope="session")
def bundled(furnished: Path, lively: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two weights, and the bundle made there."""
    data = tmp_path_factory.mktemp("bundled")
    shutil.copytree(furnished, data / "data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLORGAN_DATA", str(data / "data"))
        assert main(["weights", "install", str(lively), "--name", "ink"]) == 0
        assert main(["weights", "bundle", "-o", str(data / "bundle.zip")]) == 0
    return data


@pytest.fixture
def bundle(home, bundled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the bundle, on the machine where it was made."""
    shutil.copytree(bundled / "data", tmp_path / "made")
    monkeypatch.setenv("COLORGAN_DATA", str(tmp_path / "made"))
    return shutil.copy(bundled / "bundle.zip", tmp_path / "bundle.zip")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another machine's empty data folder."""
    monkeypatch.setenv("COLORGAN_DATA", str(tmp_path / "elsewhere"))
    return tmp_path / "elsewhere"


def changed(bundle: Path, name: str, data: bytes) -> Path:
    """A copy of a bundle with one member that is another."""
    target = bundle.with_name("changed.zip")
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(target, "w") as new:
        for each in old.namelist():
            if each != name and not each.endswith(".whl"):
                new.writestr(each, old.read(each))
        new.writestr(name, data)
    return target


def test_all_that_is_needed_is_in_it(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        sums = dict(reversed(line.split("  ")) for line in archive.read("SHA256SUMS").decode().splitlines())
        assert {name: sha256(archive.read(name)) for name in archive.namelist() if name != "SHA256SUMS"} == sums
        assert set(sums) == {
            WHEEL, "README.txt", "weights/manifest.json", "weights/ink.safetensors", "weights/old.safetensors",
            "plugins/colorgan-krita.zip", "plugins/colorgan-gimp.zip", "plugins/colorgan-gimpfu.zip",
        }  # fmt: skip
        assert "old, ink" in archive.read("README.txt").decode()
        with archive.open("plugins/colorgan-krita.zip") as file, zipfile.ZipFile(file) as plugin:
            assert {"colorgan.desktop", "colorgan/", "colorgan/client/protocol.py"} <= set(plugin.namelist())


def test_its_weights_are_installed_elsewhere(home, bundle: Path, elsewhere: Path) -> None:
    ran = home.run("weights", "install", bundle)
    assert ran.code == 0 and ran.out.count("is installed;") == 2
    rows = home.listed()
    assert list(rows) == ["colorgan", "old", "ink"] and rows["colorgan"]["in_use"]
    assert all(sha256(Path(row["path"]).read_bytes()) == row["sha256"] for row in rows.values())
    assert "only weights that are installed already" in home.run("weights", "install", bundle).out
    assert home.run("weights", "use", "ink").code == 0


def test_a_bundle_without_others(run, elsewhere: Path, tmp_path: Path) -> None:
    assert run("weights", "bundle", "-o", tmp_path / "bundle.zip").code == 0
    assert "only weights that are installed already" in run("weights", "install", tmp_path / "bundle.zip").out


def test_a_damaged_file_is_not_bundled_and_the_old_bundle_stays(home, bundle: Path) -> None:
    before = bundle.read_bytes()
    find("ink").write_bytes(b"nothing")
    ran = home.run("weights", "bundle", "-o", bundle)
    assert ran.code == WEIGHTS and "ink" in ran.sentence and bundle.read_bytes() == before
    assert home.run("weights", "bundle", "-o", bundle.parent / "no folder" / "a.zip").code == OUTPUT


def manifest_of(bundle: Path) -> dict:
    with zipfile.ZipFile(bundle) as archive:
        return json.loads(archive.read("weights/manifest.json"))


def no_member(bundle: Path) -> Path:
    told = manifest_of(bundle)
    told["weights"]["water"] = told["weights"].pop("ink")
    return changed(bundle, "weights/manifest.json", json.dumps(told).encode())


def own_name(bundle: Path) -> Path:
    told = manifest_of(bundle)
    told["weights"]["default"] = told["weights"].pop("ink")
    return changed(bundle, "weights/manifest.json", json.dumps(told).encode())


def cut(bundle: Path) -> Path:
    target = bundle.with_name("cut.zip")
    target.write_bytes(bundle.read_bytes()[:-5000])
    return target


def bad_checksum(bundle: Path) -> Path:
    target, data = bundle.with_name("bits.zip"), bytearray(bundle.read_bytes())
    with zipfile.ZipFile(bundle) as archive:
        data[archive.getinfo("weights/ink.safetensors").header_offset + 5000] ^= 1
        data[archive.getinfo("weights/old.safetensors").header_offset + 5000] ^= 1
    target.write_bytes(data)
    return target


def bomb(bundle: Path) -> Path:
    target = bundle.with_name("bomb.zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("weights/manifest.json", b" " * 200_000_000)
    return target


WRONG = {
    "an escape": (lambda bundle: changed(bundle, "../../evil.py", b"x"), INPUT, "outside"),
    "an absolute path": (lambda bundle: changed(bundle, "/etc/evil", b"x"), INPUT, "outside"),
    "a drive": (lambda bundle: changed(bundle, "C:evil", b"x"), INPUT, "outside"),
    "weights changed": (lambda bundle: changed(bundle, "weights/old.safetensors", b"x" * 999), WEIGHTS, "damaged"),
    "a manifest that is none": (lambda bundle: changed(bundle, "weights/manifest.json", b"[]"), WEIGHTS, "not a list"),
    "no bundle": (lambda bundle: changed(no_manifest(bundle), "a", b""), INPUT, "not a complete bundle"),
    "a name that is taken": (own_name, 2, "is taken"),
    "a bomb": (bomb, WEIGHTS, "not a list of weights"),
    "flipped bits": (bad_checksum, INPUT, "not a readable bundle"),
    "cut off": (cut, WEIGHTS, "a zip archive"),
}


def no_manifest(bundle: Path) -> Path:
    target = bundle.with_name("other.zip")
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("holiday.txt", "sun")
    return target


@pytest.mark.parametrize("case", WRONG)
def test_bundles_that_are_wrong(home, bundle: Path, elsewhere: Path, case: str) -> None:
    make, code, words = WRONG[case]
    ran = home.run("weights", "install", make(bundle))
    assert ran.code == code and words in ran.sentence, ran.err
    assert list(home.listed()) == ["colorgan"] and not list(bundle.parent.parent.rglob("evil*"))
    assert not folder().exists() or not [
        path for path in folder().iterdir() if path.suffix in (".part", ".safetensors")
    ]


def test_weights_that_a_bundle_lacks(home, bundle: Path, elsewhere: Path) -> None:
    ran = home.run("weights", "install", no_member(bundle))
    assert ran.code == INPUT and "not a complete bundle" in ran.sentence
    assert list(home.listed()) == ["colorgan", "old"]  # which is whole


def requirements() -> list[str]:
    """What colorgan needs to run here."""
    found = next(each for each in distributions(name="colorgan") if each.read_text("METADATA"))
    needed = map(Requirement, found.metadata.get_all("Requires-Dist") or [])
    return [f"{each.name}{each.specifier}" for each in needed if not each.marker or each.marker.evaluate({"extra": ""})]


def wheel_of(requirement: str, target: Path) -> None:
    """An empty package that meets a requirement."""
    name, version = (
        requirement.split("<")[0].split(">")[0].replace("-", "_"),
        requirement.partition(">=")[2].split(",")[0],
    )
    about = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(target / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/RECORD", "")


def test_a_machine_without_a_network(home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the bundle's README says, done. pip is the real one, and told to look into a folder instead of the network."""
    (tmp_path / "index").mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    bundle, site, stick = tmp_path / "bundle.zip", tmp_path / "site", tmp_path / "stick"
    ran = home.run("weights", "bundle", "-o", bundle, "--with-packages")
    assert ran.code == MISSING and "could not fetch" in ran.err and not bundle.exists()
    for requirement in requirements():
        wheel_of(requirement, tmp_path / "index")
    ran = home.run("weights", "bundle", "-o", bundle, "--with-packages")
    assert ran.code == 0, ran.err
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(stick)
    assert len(list((stick / "packages").iterdir())) == len(requirements())
    told = (stick / "README.txt").read_text()
    assert sys.platform in told
    monkeypatch.delenv("PIP_FIND_LINKS")
    words = ["install", "--no-index", "--find-links", ".", "--find-links", "packages", "colorgan"]
    assert " ".join(words) in told
    pip = [sys.executable, "-m", "pip", *words, "--quiet", "--target", str(site), "--disable-pip-version-check"]
    subprocess.run(pip, check=True, cwd=stick)
    ours = Path(colorgan_core.__file__).parent
    for path in ours.rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            assert (site / "colorgan_core" / path.relative_to(ours)).read_bytes() == path.read_bytes()
    about = site / f"colorgan-{colorgan_core.__version__}.dist-info"
    assert set(requirements()) < set(
        Parser().parsestr((about / "METADATA").read_text("utf-8")).get_all("Requires-Dist")
    )
    assert (site / "bin" / "colorgan").exists() or os.name != "posix"
    code = "import colorgan_core as c, sys; print(c.__file__); from colorgan_core.cli import main; sys.exit(main(sys.argv[1:]))"
    environment = {**os.environ, "PYTHONPATH": str(site), "COLORGAN_DATA": str(tmp_path / "elsewhere")}
    command = [sys.executable, "-c", code, "weights", "list", "--json"]
    ran = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)
    place, *lines = ran.stdout.splitlines()
    assert Path(place).is_relative_to(site) and ran.returncode == 0, ran.stderr
    assert Path(json.loads("\n".join(lines))[0]["path"]).is_relative_to(site)


def test_a_full_disk(home, bundle: Path) -> None:
    import resource

    before = hashlib.sha256(bundle.read_bytes()).digest()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        ran = home.run("weights", "bundle", "-o", bundle)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert ran.code == OUTPUT and "disk is full" in ran.sentence
    assert hashlib.sha256(bundle.read_bytes()).digest() == before
    assert not [path for path in bundle.parent.iterdir() if path.name.startswith(".")]
