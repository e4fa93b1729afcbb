"""A page of sections, tables and pictures, written as Markdown and as one self-contained HTML file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

_CSS = """
:root { color-scheme: light dark; --ground: #f5f4f0; --line: #dcdad3; --ink: #1d2327; --soft: #565f68; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171a; --line: #343a41; --ink: #e7e9eb; --soft: #a8b1ba; }
}
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.8rem; }
h2 { margin: 2.2rem 0 0.4rem; font-size: 1.15rem; }
p { margin: 0.4rem 0; color: var(--soft); }
.scroll { overflow-x: auto; overflow-wrap: normal; }
table { border-collapse: collapse; font-size: 0.9rem; margin: 0.6rem 0; }
th, td { text-align: left; padding: 0.25rem 0.9rem 0.25rem 0; border-bottom: 1px solid var(--line); }
th, td { vertical-align: top; font-variant-numeric: tabular-nums; }
th { color: var(--soft); font-weight: 600; }
figure { margin: 0.8rem 0; background: #fff; border: 1px solid var(--line); border-radius: 0.8rem; padding: 0.8rem; }
figure { width: fit-content; max-width: 100%; box-sizing: border-box; }
figure svg { max-width: 100%; height: auto; display: block; }
"""


@dataclass(frozen=True, slots=True)
class Table:
    """Column heads, and rows of cells."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Picture:
    """A plot: the name of its file, what it shows, and the drawing."""

    name: str
    shows: str
    svg: bytes


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and what stands below it in order: paragraphs (str), lists (tuples), tables, pictures."""

    title: str
    parts: list[str | tuple[str, ...] | Table | Picture] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Page:
    """Built up from above; each step gives the page back."""

    title: str
    lead: str
    sections: list[Section] = field(default_factory=list)

    def section(self, title: str) -> "Page":
        """Begin a section."""
        self.sections.append(Section(title))
        return self

    def paragraph(self, text: str) -> "Page":
        """Add a paragraph to the last section."""
        self.sections[-1].parts.append(text)
        return self

    def bullets(self, texts: Sequence[str]) -> "Page":
        """Add a list."""
        self.sections[-1].parts.append(tuple(texts))
        return self

    def table(self, table: Table) -> "Page":
        """Add a table."""
        self.sections[-1].parts.append(table)
        return self

    def picture(self, picture: Picture) -> "Page":
        """Add a plot."""
        self.sections[-1].parts.append(picture)
        return self

    @property
    def pictures(self) -> list[Picture]:
        """All plots."""
        return [part for section in self.sections for part in section.parts if isinstance(part, Picture)]


def markdown(page: Page) -> str:
    """The page as Markdown; pictures are links to files beside it."""
    return "\n".join(_markdown(page)) + "\n"


def html(page: Page) -> str:
    """The page as HTML with everything in it; it loads nothing from elsewhere."""
    return "".join(_html(page))


def _markdown(page: Page) -> Iterator[str]:
    yield f"# {page.title}\n\n{page.lead}"
    for section in page.sections:
        yield f"\n## {section.title}"
        for part in section.parts:
            yield ""
            if isinstance(part, str):
                yield part
            elif isinstance(part, tuple):
                yield from (f"- {text}" for text in part)
            elif isinstance(part, Picture):
                yield f"![{part.shows}]({part.name})"
            else:
                yield from (
                    f"| {' | '.join(row)} |" for row in (part.heads, ["---"] * len(part.heads), *map(_cells, part.rows))
                )


def _cells(row: Sequence[str]) -> list[str]:
    return [cell.replace("|", "\\|") for cell in row]


def _html(page: Page) -> Iterator[str]:
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(page.title)}</title>'
    yield f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_CSS}</style>'
    yield f"<main><h1>{escape(page.title)}</h1><p>{escape(page.lead)}</p>"
    for section in page.sections:
        yield f"<h2>{escape(section.title)}</h2>"
        for part in section.parts:
            yield from _html_part(part)
    yield "</main></html>"


def _html_part(part: str | tuple[str, ...] | Table | Picture) -> Iterator[str]:
    if isinstance(part, str):
        yield f"<p>{escape(part)}</p>"
    elif isinstance(part, tuple):
        yield f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in part)}</ul>"
    elif isinstance(part, Picture):
        drawing = part.svg.decode().partition("<svg")
        yield f'<figure role="img" aria-label="{escape(part.shows)}">{drawing[1]}{drawing[2]}</figure>'
    else:
        heads = "".join(f"<th>{escape(head)}</th>" for head in part.heads)
        rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in part.rows)
        yield f'<div class="scroll"><table><tr>{heads}</tr>{"".join(f"<tr>{row}</tr>" for row in rows)}</table></div>'
