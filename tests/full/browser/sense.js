// What a screen reader would stumble over.
() => {
  const named = (element) => element.labels?.length || element.getAttribute("aria-label") || element.getAttribute("title");
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  const levels = [...document.querySelectorAll("h1, h2, h3")].map((heading) => Number(heading.tagName[1]));
  return {
    unnamed: [...document.querySelectorAll("input:not([type=hidden]), select, textarea")].filter((e) => !named(e)).map((e) => e.id),
    silent: [...document.querySelectorAll("a, button, summary")].filter((e) => !e.textContent.trim() && !e.querySelector("title")).length,
    pictures: [...document.querySelectorAll("img:not([alt])")].length,
    twice: ids.filter((id, place) => ids.indexOf(id) !== place),
    missing: [...document.querySelectorAll("[aria-labelledby], [aria-describedby]")]
      .flatMap((e) => `${e.getAttribute("aria-labelledby") ?? ""} ${e.getAttribute("aria-describedby") ?? ""}`.trim().split(/\s+/))
      .filter((id) => !document.getElementById(id)),
    mains: document.querySelectorAll("main").length,
    headings: levels.filter((level) => level === 1).length,
    skipped: levels.some((level, place) => place > 0 && level > levels[place - 1] + 1),
    language: document.documentElement.lang,
    styled: document.querySelectorAll("[style], style, script:not([src])").length,
  };
}
