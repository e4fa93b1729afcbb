"""The phrases by which clients refer to a talk, share news, or take asking for not knowing, in three languages.

A phrase is written as a regular expression in which ``<NAME>`` stands for a word class below, ``..`` for a gap in
one sentence, and ``*`` for up to three words. Gaps are bounded, so a search takes time linear in the text. Its stems
are plain pieces of which the sentence must hold one (``a|b & c|d``: one of each); they spare most texts the search.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Way:
    """One pattern; its sentence must also hold one of the stems ``beside``, where there are any."""

    beside: tuple[str, ...]
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Phrases:
    """Ways of saying it that share the stems to look for first."""

    stems: tuple[str, ...]
    ways: tuple[Way, ...]


_CLASS = re.compile("<([A-Z_]+)>")
_CLASSES = {
    # English
    "TALK": r"(?:\w+ )?(?:calls?|meetings?|zoom|kick-?off|conversation|chat)",
    "OUR": r"the|our|your|that|this|\w+day's|yesterday's|last \w+'s|this morning's",
    "THERE": r"(?:on|in|at|during|from) <OUR> <TALK>|(?:on|over) the (?:tele)?phone|over zoom",
    "SAID": "said|told|agreed|discussed|decided|promised|mentioned|explained|confirmed|suggested|settled|talked|spoke"
    "|asked",
    "LATELY": r"yesterday|earlier|this morning|last (?:week|night|\w+day)|the other (?:day|night)|on \w+day|\w+ ago",
    "AHEAD": r" (?:tomorrow|next|later|on the \d|at \d|this (?:coming|afternoon|evening)|room|notes for)",
    "WRITTEN": r" (?:in|by|via|over) (?:\w+ )?(?:e-?mails?|letters?|messages?|chat)",
    "KIN": "(?:my|our) (?:wife|husband|partner|son|daughter|mother|mum|mom|father|dad|brother|sister|niece|nephew|boy"
    "|girl)",
    "GRAND": "grand(?:mother|father|parents?|ma|pa|son|daughter)",
    "PLACE": "branch|office|shop|store|clinic|restaurant|location|outlet|factory|salon|showroom",
    "NEW": r"new|second|third|fourth|fifth|first|own|\d+(?:nd|rd|th)",
    "EXPERT": "experts?|professionals?|specialists?|consultants?|eksperto|espesyalista|propesyonal|pakar|profesional",
    # Filipino
    "CALL_FIL": "tawag|telepono|phone|call|meeting|miting|pulong|zoom|usapan",
    "USAP": "na-?pag-?usapan|pinag-?usapan|nag-?usap|nagka-?usap|na-?discuss",
    "LATELY_FIL": "kanina|kaninang|kahapon|nung|noong",
    "WHO_FIL": "ako|kami|siya|sya|si|ang|yung",
    "KIN_FIL": "anak|kapatid|pamangkin|ate|kuya|nanay|tatay|lola|lolo|asawa",
    "PLACE_FIL": "branch|sangay|opisina|tindahan|pwesto|klinika|clinic",
    "TANONG": "tanong|tinatanong|tanungin|nagtatanong|itanong|itinatanong",
    # Malay
    "CALL_MS": r"telefon|phone|perbincangan|mesyuarat|meeting|call|panggilan(?: \w+)?|zoom",
    "WHEN_MS": "dalam|dlm|masa|semasa|waktu|selepas|lepas|hasil",
    "LATELY_MS": r"(?:pagi |petang |malam )?(?:semalam|tadi|kelmarin|hari (?:tu|itu)|minggu (?:lepas|lalu)|tempoh hari"
    r"|(?:hari )?(?:isnin|selasa|rabu|khamis|jumaat|sabtu|ahad) (?:lepas|lalu|tu))",
    "YOU_MS": "kita|awak|kamu|tuan|puan|encik|cik|kau|you|korang|akak|abang|anda",
    "BINCANG": "(?:di|ber)?bincang(?:kan)?",
    "DONE_MS": "kita|kami|telah|dah|sudah|pernah",
    "KIN_MS": "anak|adik|kakak|abang|isteri|suami|mak|ayah|ibu|cucu",
    "PLACE_MS": "cawangan|pejabat|kedai|kilang|klinik|premis",
}


def _phrases(*rows: tuple[str, str]) -> tuple[Phrases, ...]:
    shared: dict[str, dict[str, list[str]]] = {}
    for stems, notation in rows:
        first, _, beside = stems.partition(" & ")
        shared.setdefault(first, {}).setdefault(beside, []).append(notation)
    return tuple(
        Phrases(_stems(first), tuple(Way(_stems(beside), _compiled("|".join(ways))) for beside, ways in rest.items()))
        for first, rest in shared.items()
    )


def _stems(joined: str) -> tuple[str, ...]:
    return tuple(joined.split("|")) if joined else ()


def _compiled(notation: str) -> re.Pattern[str]:
    while (expanded := _CLASS.sub(lambda found: f"(?:{_CLASSES[found[1]]})", notation)) != notation:
        notation = expanded
    gapped = notation.replace(" .. ", r"\b[^.!?\n]{0,45}?\b").replace(" * ", r" (?:\w+ ){0,3}?")
    return re.compile(rf"\b(?:{gapped})\b", re.IGNORECASE)


_TALKED = "spoke|talk|speak|discuss|usap"
_NOUNS = "call|phone|meeting|zoom|kick|convers|chat|tele|tawag|miting|pulong|mesyuarat|bincang|panggil"
_TOLD = f"{_NOUNS} & said|told|agree|discuss|decid|promis|mention|explain|confirm|suggest|settl|talk|spoke|ask"
_LATE_MS = f"{_NOUNS} & semalam|tadi|kelmarin|hari|lepas|lalu"

TALKS = _phrases(
    (_TALKED, "as (?:we |i |you |was )?(?:just |already |had |have )?discussed(?!<WRITTEN>)"),
    (
        _TALKED,
        r"(?:what|which|things|points|items|everything|like|as) we (?:\w+ )?(?:discussed|(?:talked|spoke) about)",
    ),
    ("convers", r"(?:in|during|from|for|after|since|per) our (?:\w+ )?conversation(?!<AHEAD>)"),
    ("when we", "when we (?:last )?(?:spoke|talked|met)"),
    (_TALKED, "(?:we|you and i) (?:just )?(?:spoke|talked|discussed) .. <LATELY>"),
    (_TALKED, "(?:good|great|nice|lovely) (?:to (?:talk|speak)|talking|speaking) (?:to|with) you <LATELY>"),
    (_TOLD, r"<SAID> (?:(?!n't)[^.!?\n]){0,45}?<THERE>(?!<AHEAD>)"),
    (_TOLD, "<THERE>(?!<AHEAD>),? .. (?:we|you|i) * <SAID>"),
    (f"{_NOUNS} & after|following|since|per ", r"(?:after|following|since|per) (?:our|\w+day's) <TALK>(?!<AHEAD>)"),
    (f"{_NOUNS} & thank", r"thanks? (?:you )?(?:\w+ ){0,2}?for <OUR> <TALK>(?! (?:invit\w+|request|notes|back))"),
    (_TALKED, "(?:gaya|tulad|base|batay|ayon) (?:po )?(?:ng|sa) <USAP>"),
    (_TALKED, "<USAP> (?:na )?(?:po )?(?:na )?(?:natin|nating|tayo|<LATELY_FIL>|sa <CALL_FIL>)"),
    (
        f"{_NOUNS} & sabi|banggit|ngako",
        r"(?:sabi|sinabi|nabanggit|i?pinangako|nangako) .. (?:sa|<LATELY_FIL>) (?:viber |video |zoom )?<CALL_FIL>",
    ),
    (
        f"{_NOUNS} & salamat",
        r"salamat (?:\w+ ){0,3}?sa (?:\w+ ){0,4}?<CALL_FIL> (?:po )?(?:natin |namin )?<LATELY_FIL>",
    ),
    (
        f"{_NOUNS} & natin|namin",
        "(?:sa|noong|nung|pagkatapos ng|base sa) <CALL_FIL> (?:po )?(?:natin|namin) (?:po )?<LATELY_FIL>",
    ),
    ("bincang", "(?:seperti|macam|mcm|sebagaimana|spt|ikut) (?:(?:yang|yg|apa|<DONE_MS>) ){0,3}<BINCANG>"),
    ("bincang", "(?:yang|yg|apa) (?:<DONE_MS> ){1,3}<BINCANG>"),
    ("bincang", "(?:kita|kami) (?:(?:dah|sudah|telah) )?<BINCANG> .. <LATELY_MS>"),
    (_LATE_MS, "<YOU_MS> .. <WHEN_MS> <CALL_MS> <LATELY_MS>"),
    (_LATE_MS, "<WHEN_MS> <CALL_MS> (?:kita )?<LATELY_MS> .. <YOU_MS>"),
    (_LATE_MS, "<WHEN_MS> <CALL_MS> kita <LATELY_MS>"),
    (_LATE_MS, r"terima kasih (?:\w+ )?(?:untuk|atas|utk|kerana) (?:\w+ ){0,2}?<CALL_MS> (?:kita )?<LATELY_MS>"),
    (
        f"{_NOUNS} & cakap|kata|janji|sebut|tahu|setuju",
        "(?:cakap|kata|janji|sebut|beritahu|bagitahu|setuju|dipersetujui) .. (?:dalam|dlm|masa|waktu|kat) <CALL_MS>",
    ),
)
"""References to something that was said in a call or meeting."""

NEWS = _phrases(
    ("born|birth", "(?:was|were|been|be|new-?)born|(?:was|were) born|gave birth|a newborn"),
    (
        "baby|twins|boy|girl",
        r"(?:baby|twins|boy|girl) (?:has |have )?(?:arrived|came (?:on )?(?:today|yesterday|early|last|\w+day))",
    ),
    ("baby|twins", "had (?:the|our|her|their|a) (?:baby|twins)"),
    ("it's a", "it's a (?:boy|girl)"),
    (
        "expecting|pregnant",
        "(?:are|am|'re|'m|is|'s) (?:also )?(?:expecting (?:a (?:baby|child|boy|girl)|twins|our)|pregnant)",
    ),
    ("married|engaged", "(?:got|getting|just|newly) (?:married|engaged)"),
    (
        "wedding|honeymoon|engagement",
        "(?:my|our) (?:own )?(?:wedding|honeymoon|engagement) (?:is|was|will|next|this|on|in)",
    ),
    ("hospital", "(?:out of|home from|back from) (?:the )?hospital|<KIN> * (?:in|out of|from) (?:the )?hospital"),
    ("came back", r"(?:scan|test results?|biopsy) (?:\w+ )?came back"),
    ("lost", "lost <KIN>"),
    ("passed away|died|funeral", "passed away|<KIN> * died|funeral of <KIN>|<KIN>'s funeral"),
    (
        "graduat|got in|exam|school|univers|college",
        r"<KIN> * (?:graduat\w+|got in(?:to)?|passed \w+ \w*\s?exam|started (?:school|university|college))",
    ),
    ("operation|came home|recover", r"<KIN> * (?:had (?:a|her|his) operation|came home|recover\w+)"),
    ("grand", "(?:become|became|am|are|was|were) (?:a |now )?<GRAND>|<GRAND> (?:was|is) (?:born|here)"),
    ("parents|dad|mum|mom", "(?:become|became) (?:a |an )?(?:parents|uncle|aunt|dad|mum|mom|father|mother)"),
    ("promoted", "(?:was|been|got|he's|she's|i'm) (?:just )?promoted"),
    (
        "my new|my promotion|my retire|my grad|my last",
        "my (?:new job|promotion|retirement|graduation|last day (?:here|at|with))",
    ),
    ("retir|leaving", r"(?:be|am|is|'m) (?:\w+ )?(?:retiring|leaving the company)"),
    ("maternity|paternity", "(?:maternity|paternity) leave"),
    ("of the year", "(?:agency|firm|practice|company|employer|designer|business|supplier|school) of the year"),
    ("acquired|merged", "(?:we|we've|we have|company|firm) (?:just |have |has )?(?:been acquired|merged)"),
    (
        "award|prize|tender",
        r"(?:we|we've|i|i've|team|company) (?:just )?won (?:the|an?|our) (?:\w+ ){0,4}?(?:award|prize|tender)",
    ),
    ("biggest", "signed (?:our|the|my) biggest"),
    ("moved|moving", r"(?:we|we've|we're|office) (?:\w+ )?mov(?:ed|ing) (?:in)?to (?:our|the|a) <NEW>"),
    (
        "open|launch|bought|lease & branch|office|shop|store|clinic|restaurant|location|outlet|factory|salon|showroom",
        r"(?:we|we've|we're|i|i'm) * (?:open|launch|bought|lease)\w* (?:for |on |up )?"
        r"(?:our|a|the) <NEW> (?:\w+ )?<PLACE>",
    ),
    ("our new|my new|second|third|fourth|fifth & is|has|open", "(?:our|my) <NEW> <PLACE> (?:is|has|opens|opened)"),
    ("best year|best quarter|best month|best season", "(?:our|the) best (?:year|quarter|month|season)(?! to)"),
    ("anniversary|birthday", r"(?:our|my) (?:\w+ )?(?:anniversary|birthday)"),
    (
        "turned|turns|turning",
        r"turn(?:ed|s|ing) (?:\d\d|thirty|forty|fifty|sixty|seventy|eighty|ninety) (?:today|yesterday|last|this|on|in)",
    ),
    ("nganak|silang|buntis", "nanganak|nganak|manganganak|ipinanganak|isinilang|buntis"),
    (
        "lolo na|lola na|tatay na|nanay na|ninong na|ninang na",
        "(?:lolo|lola|tatay|nanay|ninong|ninang) na (?:po )?(?:ako|kami|siya)",
    ),
    (
        "kasal",
        "(?:ikakasal|i?kinasal|magpapakasal) (?:na )?(?:po )?<WHO_FIL>|kasal (?:po )?(?:ko|namin|ng <KIN_FIL> ko)",
    ),
    (
        "promote|nanalo|pasa|graduate",
        "(?:na-?promote|nanalo|nakapasa|pumasa|naka-?graduate) (?:na )?(?:po )?(?:<WHO_FIL>|sa board)",
    ),
    (
        "pumanaw|yumao|namatay|ospital|confine",
        "pumanaw|yumao|namatay|na-?ospital|na-?confine|nakalabas (?:na )?(?:po )?(?:ng|sa) ospital",
    ),
    (
        "branch|sangay|opisina|tindahan|pwesto|klinika|clinic",
        r"(?:bagong|bago|ikalawang|pangalawang|ikatlong|ika-?\d+) (?:naming )?<PLACE_FIL> (?:po )?(?:namin|sa)",
    ),
    ("bukas|lipat", "(?:magbubukas|nagbukas|nakapagbukas|lilipat|lumipat) (?:na )?(?:po )?kami"),
    (
        "kaarawan|birthday|anibersaryo",
        "(?:kaarawan|birthday) (?:po )?(?:ko|ng <KIN_FIL>)|anibersaryo (?:po )?namin",
    ),
    (
        "bersalin|lahir|cahaya mata|mengandung|hamil|dapat",
        "bersalin|dilahirkan|cahaya mata|mengandung|hamil|dapat (?:baby|cucu)",
    ),
    ("atuk|nenek|opah|tok", "(?:dah|jadi|menjadi|bergelar) (?:seorang )?(?:atuk|nenek|tok wan|opah)"),
    (
        "kahwin|nikah|tunang|sanding",
        "<KIN_MS> * (?:kahwin|nikah|bernikah|bertunang|bersanding)|(?:kahwin|nikah) (?:minggu|bulan|hujung)",
    ),
    ("pangkat|bersara|pencen|konvo", "naik pangkat|dinaikkan pangkat|bersara|pencen|konvokesyen"),
    ("lulus|dapat masuk", r"lulus (?:peperiksaan|temuduga|spm)|dapat masuk (?:uni\w*|u[a-z]{1,3}|asrama)"),
    (
        "meninggal|rahmatullah|pemergian|kebumi|takziah",
        "meninggal|kembali ke rahmatullah|pemergian|pengebumian|takziah",
    ),
    (
        "hospital|wad|pembedahan|operation",
        "(?:masuk|keluar) (?:hospital|wad)|(?:lepas|selesai) (?:buat )?(?:pembedahan|operation)",
    ),
    (
        "cawangan|pejabat|kedai|kilang|klinik|premis",
        r"(?:buka|pindah|berpindah|membuka) (?:ke )?(?:\w+ )?(?:<PLACE_MS>) (?:baru|baharu|kedua|ketiga|kami)",
    ),
    ("cawangan|pejabat|kedai|kilang|klinik|premis", "(?:<PLACE_MS>) (?:baru|baharu|kedua|ketiga|keempat) kami"),
    ("menang", "(?:menang|memenangi) (?:anugerah|tender|hadiah|geran)"),
    ("hari jadi|hari lahir|ulang", "hari (?:jadi|lahir) (?:saya|<KIN_MS>)|ulang ?tahun (?:kami|syarikat|ke)"),
)
"""News of the client's own life or company."""

REBUKES = _phrases(
    ("why", r"why (?:are|do|would|should|must) you * (?:ask|bother|consult)(?:ing)? (?:me|us)"),
    (
        "expert|profession|special|consult",
        "you(?:'re| are) (?:(?:supposed|meant) to be )?(?:the|our) (?:\\w+ )?<EXPERT>",
    ),
    (
        "aren't you|are you not",
        "(?:aren't you|are you not) (?:supposed to be )?(?:the|an?|our) (?:\\w+ )?<EXPERT>",
    ),
    (
        "n't you|should not you|be telling",
        "(?:shouldn't|should not|don't) you (?:already )?(?:know|be telling (?:me|us))",
    ),
    (
        "you should|you ought",
        "you (?:should|ought to) (?:already )?(?:know (?:that|this|the answer|it|what|how|which)|be telling (?:me|us))",
    ),
    (
        "isn't|is not",
        "(?:isn't|is not) (?:that|this|it) (?:your job|(?:what|why) (?:i|we)(?:'m|'re| am| are)? (?:pay|paying|hired))",
    ),
    (
        "paying you|pay you|hired you",
        "what (?:am i|are we) paying you for|that's (?:what|why) (?:i|we)(?:'m|'re)? (?:pay|paying|hired) you",
    ),
    ("to ask", "if you (?:have|need) to ask (?:me|us)"),
    ("asking", "you keep (?:on )?asking (?:me|us)"),
    ("thought you|assumed you", "(?:i|we) (?:thought|assumed) you(?:'d| would)? (?:knew|know|had the answers)"),
    ("bakit", "bakit .. <TANONG> .. (?:ako|akin|amin|kami)|bakit .. (?:ako|akin|amin|kami) .. <TANONG>"),
    (
        "kayo|ikaw",
        r"(?:kayo|ikaw) (?:po )?(?:dapat |nga |ba )?(?:ang|yung|ung) (?:\w+ )?(?:<EXPERT>|nakakaalam|dalubhasa)",
    ),
    ("dapat", "dapat (?:po )?(?:alam|kabisado) (?:na )?(?:nyo|niyo|ninyo|mo)"),
    ("tanong", r"(?:puro|panay|ang daming|ang dami) (?:\w+ )?<TANONG>"),
    (
        "tanya",
        r"(?:kenapa|mengapa|knp|apasal|buat apa|napa) * (?:tanya|bertanya|tanyakan) (?:\w+ )?(?:saya|sy|kami|aku|kat)",
    ),
    ("pakar|profes|konsult", r"<YOU_MS> (?:\w+ )?(?:yang |yg )?<EXPERT>"),
    ("tanya", r"(?:takkan|tak kan) (?:\w+ ){0,4}?tanya (?:saya|sy|kami)"),
    ("patut", r"(?:sepatutnya|patutnya) * (?:tahu|tau|lebih arif)"),
    ("tanya", r"(?:asyik|balik-balik|tak habis-habis) (?:\w+ )?tanya (?:saya|kami|sy)"),
    ("bukan", r"bukan(?:kah)? (?:\w+ )?(?:itu|tu|ini) (?:\w+ )?(?:kerja|tugas|bidang) <YOU_MS>"),
)
"""Sentences that take the provider's asking for not knowing."""
