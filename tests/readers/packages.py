"""Holds packages that the command has converted to other programs' readers: zipfile, ebooklib, python-docx.

Each sample is made by one of these libraries, converted by the command, and read again by the library and as plain XML. What was to
change must have changed, the rest must be what it was, byte for byte.

    python3 packages.py COMMAND FOLDER

makes its samples and results in the folder. `.ci/run` installs what it needs and runs it.
"""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import docx
from ebooklib import epub, ITEM_DOCUMENT


def convert(command, source, target):
    done = subprocess.run([command, "convert", "--no-config", "-t", "zh-tw", source, "-o", target], capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr, done.stderr


def check(found, expected):
    assert found == expected, f"found {found!r}, expected {expected!r}"


def check_archives(old, new, texts):
    """Both archives have the same entries, and those that are no texts have the same compressed bytes."""
    with zipfile.ZipFile(old) as before, zipfile.ZipFile(new) as after:
        check(after.testzip(), None)
        check(after.namelist(), before.namelist())
        check(after.comment, before.comment)
        for one, other in zip(before.infolist(), after.infolist()):
            for name in ["date_time", "compress_type", "comment", "extra", "create_system", "create_version", "external_attr", "internal_attr"]:
                check(getattr(other, name), getattr(one, name))
            raw = [compressed(path, info) for path, info in [(old, one), (new, other)]]
            check(raw[0] == raw[1], one.filename not in texts)
            if one.filename.endswith((".xml", ".xhtml", ".opf", ".ncx", ".rels")):
                ElementTree.fromstring(after.read(one.filename))


def compressed(path, info):
    with open(path, "rb") as file:
        file.seek(info.header_offset + 26)
        lengths = file.read(4)
        start = info.header_offset + 30 + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
        file.seek(start)
        return file.read(info.compress_size)


def book(command, folder):
    old, new = folder / "book.epub", folder / "book.zh-tw.epub"
    made = epub.EpubBook()
    made.set_identifier("sample")
    made.set_title("他的头发")
    made.set_language("zh-CN")
    made.add_author("马国军")
    chapter = epub.EpubHtml(title="头发", file_name="头发.xhtml", lang="zh-CN")
    chapter.content = "<h1>头发</h1><p>他的头发很干净，<b>后来</b>在<code>头发</code>里面。<img src='a.png' alt='头发'/></p>"
    made.add_item(chapter)
    made.add_item(epub.EpubItem(uid="png", file_name="a.png", media_type="image/png", content=bytes(range(256)) * 4))
    made.toc = (chapter,)
    made.add_item(epub.EpubNcx())
    made.add_item(epub.EpubNav())
    made.spine = ["nav", chapter]
    epub.write_epub(str(old), made)
    convert(command, old, new)
    texts = [f"EPUB/{name}" for name in ["content.opf", "头发.xhtml", "toc.ncx", "nav.xhtml"]]
    check_archives(old, new, texts)
    with zipfile.ZipFile(new) as archive:
        first = archive.infolist()[0]
        check((first.filename, first.compress_type, archive.read(first)), ("mimetype", zipfile.ZIP_STORED, b"application/epub+zip"))
    read = epub.read_epub(str(new))
    check(read.get_metadata("DC", "title")[0][0], "他的頭髮")
    check(read.get_metadata("DC", "creator")[0][0], "馬國軍")
    check(read.get_metadata("DC", "language")[0][0], "zh-CN")
    page = read.get_item_with_href("头发.xhtml").get_content().decode()
    for text in ["<h1>頭髮</h1>", "他的頭髮很乾淨，<b>後來</b>", "<code>头发</code>", 'alt="頭髮"']:
        assert text in page, page
    check([link.title for link in read.toc], ["頭髮"])
    check(len(list(read.get_items_of_type(ITEM_DOCUMENT))), 2)
    again = folder / "again.epub"
    convert(command, new, again)
    assert again.read_bytes() == new.read_bytes(), "what is converted already is the same"


def paper(command, folder):
    old, new = folder / "paper.docx", folder / "paper.zh-tw.docx"
    made = docx.Document()
    made.core_properties.title = "头发"
    made.core_properties.author = "马国军"
    made.add_heading("头发", 1)
    paragraph = made.add_paragraph("他的头")
    paragraph.add_run("发很").bold = True
    paragraph.add_run("干净，后来").italic = True
    paragraph.add_run().add_break()
    paragraph.add_run(" 在里面")
    table = made.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "里面", "A & B <后>"
    made.sections[0].header.paragraphs[0].text = "页眉"
    made.sections[0].footer.paragraphs[0].text = "页脚"
    if hasattr(made, "add_comment"):
        made.add_comment(paragraph.runs, text="头发的注释", author="马国军")
    made.save(str(old))
    convert(command, old, new)
    texts = {"word/document.xml", "word/header1.xml", "word/footer1.xml", "word/comments.xml", "docProps/core.xml"}
    with zipfile.ZipFile(old) as archive:
        check_archives(old, new, texts & set(archive.namelist()))
    read, before = docx.Document(str(new)), docx.Document(str(old))
    check(read.core_properties.title, "頭髮")
    check(read.core_properties.author, "马国军")
    check([paragraph.text for paragraph in read.paragraphs], ["頭髮", "他的頭髮很乾淨，後來\n 在裡面"])
    check([cell.text for cell in read.tables[0].rows[0].cells], ["裡面", "A & B <後>"])
    check(read.sections[0].header.paragraphs[0].text, "頁眉")
    check(read.sections[0].footer.paragraphs[0].text, "頁腳")
    shape = lambda document: [
        [(len(run.text), run.bold, run.italic, run.style.name) for run in paragraph.runs] for paragraph in document.paragraphs
    ]
    check(shape(read), shape(before))
    if hasattr(made, "add_comment"):
        check([(comment.text, comment.author) for comment in read.comments], [("頭髮的註釋", "马国军")])
    again = folder / "again.docx"
    convert(command, new, again)
    assert again.read_bytes() == new.read_bytes(), "what is converted already is the same"


def main():
    command, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    book(command, folder)
    paper(command, folder)
    print("packages: every reader finds what it should")


main()
