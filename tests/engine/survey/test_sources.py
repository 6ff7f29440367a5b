"""What people hand over is read as it comes: any folder, archive, encoding; or it is named with the reason."""

import gzip
import io
import os
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from matric.errors import UsageError
from matric.survey import source, source_archive, source_text
from matric.survey.source import Raw


def found(*paths: Path) -> dict[str, Raw]:
    return {one.name: one for one in source.raws(paths)}


def zipped(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def test_every_file_of_a_folder_is_read_but_not_a_tool_s_own_history(tmp_path: Path) -> None:
    for name in ("core/run.cfg", "sw2.txt", ".git/config", "configs/CVS/Root", "Thumbs.db"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("hostname x\n")

    assert list(found(tmp_path)) == ["sw2.txt", "core/run.cfg"]


def test_files_of_two_folders_with_the_same_name_keep_names_of_their_own(tmp_path: Path) -> None:
    for name in ("a/visit/sw1.cfg", "b/visit/sw1.cfg"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(name)

    both = found(tmp_path / "a/visit", tmp_path / "b/visit")

    assert {name: one.data for name, one in both.items()} == {
        "visit/sw1.cfg": b"a/visit/sw1.cfg",
        "visit/sw1.cfg (2)": b"b/visit/sw1.cfg",
    }


def test_an_archive_in_an_archive_is_opened_and_its_entries_named_by_the_way_to_them(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("sw1.txt", "hostname one")
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as taped:
        taped.addfile(tarfile.TarInfo("sw2.cfg"), io.BytesIO())
    zipped(tmp_path / "old.zip", {"2024/inner.zip": inner.getvalue(), "b.tar.gz": gzip.compress(tar.getvalue())})

    assert list(found(tmp_path)) == ["old.zip!2024/inner.zip!sw1.txt", "old.zip!b.tar.gz!b.tar!sw2.cfg"]


def test_a_zip_bomb_is_named_and_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_archive, "LARGEST_ARCHIVE", 2**20)
    monkeypatch.setattr(source_archive, "MOST_ENTRIES", 3)
    zipped(tmp_path / "bomb.zip", {"a.txt": bytes(2**24), "sw.txt": b"hostname x"})
    zipped(tmp_path / "many.zip", {f"{n}.txt": b"x" for n in range(9)})

    faults = {name: one.fault for name, one in found(tmp_path).items() if one.fault}

    assert "unpacks to more than" in faults["bomb.zip!a.txt"]
    assert "more than" in faults["many.zip!3.txt"]
    assert not found(tmp_path)["bomb.zip!a.txt"].data


def test_an_entry_with_a_password_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "p.zip", {"sw1.txt": b"hostname one", "sw2.txt": b"hostname two"})
    data = bytearray(path.read_bytes())
    data[6] |= 1  # the first entry's flag, in its own header and in the central one
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)

    read = found(tmp_path)

    assert "needs a password" in read["p.zip!sw1.txt"].fault
    assert read["p.zip!sw2.txt"].data == b"hostname two"


@pytest.mark.parametrize("cut", [30, 60, 150])
def test_an_archive_that_broke_off_is_named(tmp_path: Path, cut: int) -> None:
    path = zipped(tmp_path / "half.zip", {"sw1.txt": os.urandom(400)})
    path.write_bytes(path.read_bytes()[:-cut])

    (only,) = found(tmp_path).values()

    assert "damaged" in only.fault


def test_what_is_no_plain_file_is_named_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "away").symlink_to("/etc/hostname")
    (tmp_path / "self").symlink_to(tmp_path)
    (tmp_path / "round").symlink_to(tmp_path / "round")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    for name in ("configs.git/objects", "configs.git/refs"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "configs.git/HEAD").write_text("ref: refs/heads/master\n")

    faults = {name: one.fault for name, one in found(tmp_path).items()}

    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert faults == {
        "away": "a link; links are not followed",
        "configs.git/": "a bare git repository: its texts are packed. Do: clone it first",
        "pipe": "no plain file",
        "gone": "a link to nothing",
        "round": "a link to nothing",
        "self": "a link to a folder; links are not followed",
    }


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is not there\. Do: name a folder"):
        found(tmp_path / "gone")


PLAIN = "hostname sw-1\n description Café à Büro\nend\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r\n", "\r"])
def test_a_text_reads_the_same_in_any_encoding_and_with_any_line_ends(encoding: str, end: str) -> None:
    assert source_text.text_of(PLAIN.replace("\n", end).encode(encoding)).text == PLAIN


def test_one_line_in_another_encoding_costs_no_other_line_its_letters() -> None:
    text = source_text.text_of("Küche\n".encode() + "Küche\n".encode("cp1252") + b"\x81\n").text

    assert text.split("\n")[:2] == ["Küche", "Küche"]


def test_a_terminal_s_log_reads_as_the_screen_did() -> None:
    log = b"sw1#show vl\x08\x08vlan\r\n\x1b[2K10 Staff\r\n"
    log += b" --More-- \x08\x08\x08\x08\x08\x08\x08\x08\x08\x08          20 Pupils\r\n"

    assert [line.strip() for line in source_text.text_of(log).text.split("\n")] == [
        "sw1#show vlan", "10 Staff", "20 Pupils", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "left",
    [
        "--More-- or (q)uit", "---- More ----", "<--- More --->", "---(more 56%)---",
        "Press any key to continue (Q to quit)",
        "-- MORE --, next page: Space, next line: Enter, quit: Control-C",
        "--More--, next page: Space, next line: Return key, quit: Control-c",
        "\x1b[7m--More--\x1b[m", "[7m--More--[m", "[24;1H[2K", "[24;1H[?25h[24;27H",
    ],
)  # fmt: skip
def test_nothing_of_a_pager_or_of_a_cursor_s_way_is_left_in_a_log(left: str) -> None:
    text = source_text.text_of(f"10 Staff\n{left}\n20 Pupils\n".encode()).text

    assert text == "10 Staff\n\n20 Pupils\n"


def test_a_description_in_brackets_is_no_way_of_a_cursor() -> None:
    text = "[24;1H\n description [1m] rack, [KS2], any key\n"

    assert source_text.text_of(text.encode()).text == "\n description [1m] rack, [KS2], any key\n"


def test_the_names_in_an_archive_lead_nowhere(tmp_path: Path) -> None:
    zipped(tmp_path / "a.zip", dict.fromkeys(("../../up.cfg", "/etc/up.cfg", "a\nb\x1b[31m.cfg"), b"hostname x"))

    assert list(found(tmp_path)) == ["a.zip!../../up.cfg", "a.zip!/etc/up.cfg", "a.zip!a?b?[31m.cfg"]
    assert list(tmp_path.iterdir()) == [tmp_path / "a.zip"]


def test_archives_in_archives_end_somewhere(tmp_path: Path) -> None:
    inner = b"hostname x"
    for depth in range(9):
        inner = zipped(tmp_path / f"{depth}.zip", {"n.zip" if depth else "sw.cfg": inner}).read_bytes()
        (tmp_path / f"{depth}.zip").unlink()
    (tmp_path / "a.zip").write_bytes(inner)

    (only,) = found(tmp_path).values()

    assert "an archive in 4 others" in only.fault


def test_nul_bytes_are_taken_out_and_said() -> None:
    assert source_text.text_of(b"hostname sw1\nend\n" + bytes(400)) == source_text.Text("hostname sw1\nend\n")
    assert source_text.text_of(b"host\x00name sw1\n" * 20).fault == "20 NUL bytes in it"
    assert "\x00" not in source_text.text_of(b"host\x00name sw1\n" * 20).text


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"%PDF-1.7 ...", "not text: a PDF"),
        (b"\x89PNG\r\n", "not text: a picture"),
        (bytes(range(32)) * 50, "not text"),
    ],
)
def test_what_is_no_text_is_named_as_what_it_is(data: bytes, fault: str) -> None:
    assert source_text.text_of(data).fault == fault
