"""What becomes of an executed notebook: Markdown, pictures in files, and downloads."""

from __future__ import annotations

import nbformat.v4 as nb
import pytest
from bs4 import BeautifulSoup
from markdown import Markdown

from conv import figures
from hooks import notebook

TINY = "data:image/png;base64,iVBORw0KGgo="


def shown(data):
    """Return an output of a value."""
    return nb.new_output("display_data", data=data)


def markdown(*cells):
    """Return the Markdown of some cells, and their pictures."""
    return notebook.markdown(nb.new_notebook(cells=list(cells)), "../figures")


def test_cells_and_outputs_stand_in_their_order():
    """Text, code and whatever a cell shows follow each other as in the notebook."""
    outputs = [
        nb.new_output("stream", name="stdout", text="first\n"),
        shown({"text/plain": "<object>", "text/markdown": "**second**"}),
        nb.new_output("stream", name="stdout", text="third\n"),
        nb.new_output("stream", name="stderr", text="ValueError: fourth\n"),
        nb.new_output("error", ename="ValueError", evalue="fifth", traceback=[]),
    ]
    text, pictures = markdown(
        nb.new_markdown_cell("# Title"),
        nb.new_code_cell("x = 1", outputs=outputs),
        nb.new_code_cell("hidden", outputs=outputs[:1], metadata={"tags": ["hide"]}),
    )
    assert pictures == {}
    assert text.splitlines() == [
        *("# Title", ""),
        *("```` { .python }", "x = 1", "````", ""),
        *("```` { .text .conv-output }", "first", "````", ""),
        *("**second**", ""),
        *("```` { .text .conv-output }", "third", "````", ""),
        *("```` { .text .conv-output .conv-error }", "ValueError: fourth", "````", ""),
        *("```` { .text .conv-output .conv-error }", "ValueError: fifth", "````", ""),
        *("```` { .text .conv-output }", "first", "````"),
    ]


def test_answers_that_follow_each_other_share_a_block():
    """A text and the code after it are one answer; a cell between begins another."""
    answer = {"tags": ["answer"]}
    text, _ = markdown(
        nb.new_markdown_cell("In words.", metadata=answer),
        nb.new_code_cell("6 * 7", metadata=answer),
        nb.new_markdown_cell("Between."),
        nb.new_markdown_cell("Another.", metadata=answer),
    )
    html = Markdown(extensions=["pymdownx.blocks.details"]).convert(text)
    first, second = BeautifulSoup(html, "html.parser")("details")
    assert first["class"] == ["answer"]
    assert "In words." in first.text
    assert "6 * 7" in first.text
    assert second.text.split() == ["Show", "the", "answer", "Another."]


@pytest.mark.parametrize(
    "text",
    [f'source = "{TINY}"', "a = 1\n\n\n\nb = 2", "'''\n````\n'''", "'`````'", "  indented"],
)
def test_code_and_text_are_shown_as_they_are(text):
    """Also code with the address of a picture, with empty lines, with fences of its own."""
    outputs = [nb.new_output("stream", text=text), shown({"text/plain": text})]
    page, pictures = markdown(nb.new_code_cell(text, outputs=outputs))
    html = Markdown(extensions=["pymdownx.superfences"]).convert(page)
    blocks = BeautifulSoup(html, "html.parser")("code")
    assert [block.text.strip("\n") for block in blocks] == [text] * 3
    assert pictures == {}


def test_pictures_become_files():
    """A picture of a figure is a file, with its size; text in the figure stays as it is."""
    figure = figures.pictures(
        {"dot": [[0, 1, 0]], TINY: [[1]]}, caption=TINY, alt="A white dot."
    )
    html = {"text/html": figure._repr_html_()}
    text, pictures = markdown(nb.new_code_cell("", outputs=[shown(html)]))
    soup = BeautifulSoup(text, "html.parser")
    first, second = soup("img")
    assert (first["width"], first["height"]) == ("9", "3")
    assert {first["src"], second["src"]} == {f"../figures/{name}" for name in pictures}
    assert all(name.endswith(".png") for name in pictures)
    assert all(contents.startswith(b"\x89PNG") for contents in pictures.values())
    assert soup.figcaption.text == TINY
    assert TINY in soup.div.text


def test_a_plot_has_a_file_for_each_scheme():
    """What a notebook chooses by the system's scheme, the site chooses by its own."""
    figure = figures.curves(
        [0, 1], {"a": [1, 2]}, x_label="x", y_label="y", caption="A line.", alt="It rises."
    )
    html = {"text/html": figure._repr_html_()}
    text, pictures = markdown(nb.new_code_cell("", outputs=[shown(html)]))
    soup = BeautifulSoup(text, "html.parser")
    light, dark = soup("img")
    assert light["src"].endswith(".svg#only-light")
    assert dark["src"].endswith(".svg#only-dark")
    assert light["src"].partition("#")[0] != dark["src"].partition("#")[0]
    assert light["width"] == dark["width"]
    assert soup("picture") == soup("source") == []
    assert len(pictures) == 2
    assert all(b"<svg" in contents for contents in pictures.values())


def test_an_output_without_pictures_stays_byte_by_byte():
    """Drawings of grids are not written anew."""
    figure = figures.beside(
        figures.Grid([1, 2]), caption="Two.", alt="The numbers 1 and 2."
    )
    html = figure._repr_html_()
    text, _ = markdown(nb.new_code_cell("", outputs=[shown({"text/html": html})]))
    assert html in text


def test_a_download_has_no_outputs_and_installs_what_it_needs():
    """The notebook that was executed keeps its outputs."""
    output = nb.new_output("stream", text="1\n")
    executed = nb.new_notebook(cells=[nb.new_code_cell("print(1)", outputs=[output])])
    executed.metadata["script"] = "print(1)"
    cells = nb.reads(notebook.download(executed, "pip install it", "")).cells
    assert [cell.source for cell in cells] == ["%pip install it", "print(1)"]
    assert [cell.outputs for cell in cells] == [[], []]
    assert len(nb.reads(notebook.download(executed, "", "")).cells) == 1
    assert executed.cells[0].outputs == [output]
    assert "script" not in notebook.download(executed, "", "")


def test_links_of_a_download_lead_to_the_site():
    """A notebook lies in no folder of pages, so its links to other pages are whole addresses."""
    text = "[a](../reference/b.md#c) [d](e.py?f=1) [g](https://h.org/i.md) [j](#k)"
    text += " [l](../index.py) [m](https://h.org/index/n)"
    executed = nb.new_notebook(cells=[nb.new_markdown_cell(text)])
    loaded = notebook.download(executed, "", "https://conv.org/x/guide/page.py")
    site = "https://conv.org/x"
    assert nb.reads(loaded).cells[0].source == (
        f"[a]({site}/reference/b/#c) [d]({site}/guide/e/?f=1)"
        f" [g](https://h.org/i.md) [j](#k) [l]({site}/)"
        " [m](https://h.org/index/n)"
    )


def blocks(*cells):
    """Return what a browser gets of some cells, parsed."""
    text, _ = markdown(*cells)
    extensions = ["pymdownx.blocks.details", "pymdownx.blocks.html", "pymdownx.superfences"]
    return BeautifulSoup(Markdown(extensions=extensions).convert(text), "html.parser")


def test_imports_are_folded():
    """A cell of nothing but imports is one line; other cells stand open."""
    soup = blocks(
        nb.new_code_cell("import a\nfrom b import c"), nb.new_code_cell("import d\nd")
    )
    assert soup.summary.text == "imports"
    assert soup.details.code.text.split("\n")[:2] == ["import a", "from b import c"]
    assert soup("code")[-1].find_parent("details") is None
    two = blocks(nb.new_code_cell("import a"), nb.new_code_cell("import b"))
    assert [fold.code.text.split() for fold in two("details")] == [
        ["import", "a", "import", "b"]
    ]


def test_helpers_are_folded_under_their_names():
    """Tagged cells that follow each other are one fold, and no lines that the page shows."""
    sources = "n = 1", "def f():\n    return n", "def g():\n    return 2"
    tagged = {"metadata": {"tags": ["helper"]}}
    cells = [nb.new_code_cell(source, **tagged) for source in sources]
    soup = blocks(*cells, nb.new_code_cell("x = f()"))
    assert soup.summary.decode_contents() == "code of <code>f</code>, <code>g</code>"
    assert soup.details.pre.text.strip() == "\n\n".join(sources)
    assert len(soup("details")) == 1
    assert soup("code")[-1].text.strip() == "x = f()"
    assert blocks(*cells).summary.text == "code of f, g"  # at a page's end, too
    assert notebook.count_lines(nb.new_notebook(cells=cells)) == 0


CHECKED = """x = f()
assert x
y = g(x)  # a comment
assert y

for n in x:
    assert n
    assert n + 1
y"""


def test_the_last_checks_of_a_cell_are_folded_and_counted():
    """What a cell computes and shows stays; the checks before its last line are folded."""
    output = nb.new_output("stream", text="y\n")
    soup = blocks(nb.new_code_cell(CHECKED, outputs=[output]))
    code, shown, checks = soup("code")
    assert code.text.strip() == "x = f()\nassert x\ny = g(x)  # a comment\ny"
    assert shown.text.strip() == "y"
    assert soup.summary.text == "3 checks passed"
    assert checks.text.strip() == "\n".join(CHECKED.split("\n")[3:8])
    assert blocks(nb.new_code_cell("assert 1")).summary.text == "1 check passed"
    assert len(blocks(nb.new_code_cell("assert 1"))("code")) == 1
    assert notebook.count_checks(CHECKED) == 4


def test_a_listing_stands_without_the_call_that_shows_it():
    """The source of a function is shown below the name of its file."""
    listing = shown({"text/plain": "", "text/markdown": figures.source(figures.thumb).text})
    soup = blocks(nb.new_code_cell("figures.source(figures.thumb)", outputs=[listing]))
    assert "figures.source" not in soup.text
    assert soup.find(class_="filename").text == "conv/figures/thumbs.py"


def test_an_exercise_has_a_frame_and_its_answer_begins_in_words():
    """The frame holds question and answer; the answer's comment becomes its first sentence."""
    answer = {"tags": ["answer"]}
    soup = blocks(
        nb.new_markdown_cell("Before.\n\n### Exercise 1\n\nHow many?"),
        nb.new_code_cell("data = 1"),
        nb.new_code_cell("# Forty\n# two.\n6 * 7  # see?", metadata=answer),
        nb.new_markdown_cell("After."),
        nb.new_markdown_cell("### Exercise 2\n\nAnd now?"),
        nb.new_markdown_cell("So.", metadata=answer),
    )
    first, second = soup(class_="conv-exercise")
    assert first.h3.text == "Exercise 1"
    assert first.details.p.text == "Forty\ntwo."
    assert first.details.code.text.strip() == "6 * 7  # see?"
    assert [p.text for p in soup("p", recursive=False)] == ["Before.", "After."]
    assert second.details.p.text == "So."


def test_lines_are_counted_that_are_seen_at_once():
    """Imports, checks, answers and hidden cells cost a reader no time."""
    cells = [
        nb.new_code_cell("import this"),
        nb.new_code_cell("a = 1\n\nb = 2\nassert a"),
        nb.new_code_cell("assert b"),
        nb.new_code_cell("c = 3", metadata={"tags": ["hide"]}),
        nb.new_code_cell("d = 4", metadata={"tags": ["answer"]}),
        nb.new_markdown_cell("e = 5"),
    ]
    assert notebook.count_lines(nb.new_notebook(cells=cells)) == 3
