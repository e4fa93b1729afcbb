"""The words in which English, Filipino and Malay mails tell dates, as tables from a word to a code and a value.

Every word of a text becomes one character (its code), so that the grammar in :mod:`model.date_grammar` is a set of
patterns over a short string of codes. A word that is in no table has the code ``_``; punctuation stands for itself.
"""

Value = float | str

# code M: months; m: "may", which is an English verb and a Filipino "there is" as well.
MONTHS = """
1 january jan enero ene januari
2 february feb febuary febr pebrero februari
3 march mar mrch marso mac maret
4 april apr abril
5 mayo mei
6 june jun hunyo hunio juni
7 july jul hulyo hulio julai juli
8 august aug agosto ago ogos ogs agustus
9 september sept sep setyembre septyembre setiembre
10 october oct oktubre okt oktober
11 november nov nob nobyembre
12 december dec disyembre disember dis desember des
"""
# code W: weekdays from Monday 0; L: Sunday, or a week, as the place tells.
WEEKDAYS = """
0 monday mon mondays lunes luns isnin senin isnen
1 tuesday tue tues tuesdays teusday martes selasa sel
2 wednesday wed weds wednesdays wensday wednsday miyerkules myerkules miyerkoles merkules miyerkles myerkules rabu
3 thursday thu thur thurs thursdays thrusday huwebes webes huebes khamis kamis khmis
4 friday fri fridays firday biyernes byernes biernes jumaat jumat jmt jumaaat
5 saturday saturdays sabado sbado sabtu
6 sunday sundays ahad
"""
SUNDAY_OR_WEEK = """
6 linggo
"""
# code S: short forms that are words as well, taken only with a capital.
SHORT_WEEKDAYS = """
5 sat sab
6 sun
"""
# code H: feasts on a fixed day, as month and day.
FEASTS = """
1225 christmas xmas pasko krismas
214 valentine valentines
831 merdeka
1031 halloween hallowe
1101 undas
"""
# code N: "tom" for tomorrow, where it is no name.
SHORT_TOMORROW = """
1 tom
"""
# code T: a day told from the day of sending.
DAYS = """
0 today tonight tdy tonite harini arini hrini ngayon ngaun ngyon
0 mamaya mamayang maya mmya mmaya mamya mmyang mmyng mamyang
1 tomorrow tmr tmrw tmrow tmw tomorow tommorow tommorrow tomorrows bukas bkas bukaas bukang esok esk isok besok bsok bsk
2 makalawa samakalawa lusa
3 tulat
-1 yesterday kahapon kahapn kagabi semalam smalam smlm kelmarin kemarin kmrn
"""
# code U: units; the value is the unit.
UNITS = """
minute minute minutes min mins minuto minit menit
hour hour hours hr hrs h oras orasan
day day days sehari araw hari hri
week week weeks wk wks minggu mgu linggong seminggu
fortnight fortnight
month month months buwan buwang bulan bln sebulan
quarter quarter suku kwarter
year year years taon taong tahun thn
"""
# code P: parts of the day, with the hour by which a thing asked for then is due.
DAYPARTS = """
10 morning umaga umga pagi
12 noon midday lunch lunchtime tanghali magtanghali katanghalian tengahari tgahari
13 zohor zuhur
17 afternoon hapon hpon maghapon petang ptg
18 evening asar
21 night gabi gbi malam mlm maghrib isyak
23 midnight hatinggabi
"""
# code e: number words.
NUMBERS = """
0.5 kalahating setengah
1 one isa isang satu se
2 two dalawa dalawang dua
3 three tatlo tatlong tiga
4 four apat empat
5 five lima limang
6 six anim enam
7 seven pito pitong tujuh
8 eight walo walong lapan delapan
9 nine siyam sembilan
10 ten sampu sampung sepuluh
11 eleven sebelas
12 twelve dozen
14 fourteen
15 fifteen
20 twenty
30 thirty
"""
# code s: Spanish numerals as Filipinos use them for hours and days; k: joined to "a" (akinse).
SPANISH = """
1 uno una
2 dos
3 tres
4 kuwatro kwatro
5 singko
6 sais
7 siyete syete
8 otso
9 nuwebe nwebe
10 diyes dyes
11 onse
12 dose
13 trese
14 katorse
15 kinse
16 disisais
17 disisiyete disisyete
18 disiotso
19 disinuwebe
20 beynte bente beinte
30 treynta trenta treinta
"""
# code f: ordinal words.
ORDINALS = """
1 first unang
2 second
3 third
4 fourth
5 fifth
6 sixth
7 seventh
8 eighth
9 ninth
10 tenth
11 eleventh
12 twelfth
13 thirteenth
14 fourteenth
15 fifteenth
16 sixteenth
17 seventeenth
18 eighteenth
19 nineteenth
20 twentieth
30 thirtieth
"""
# Words without a value, by code.
PLAIN = {
    "m": "may",
    "J": "jam",  # Malay: an hour, or "at ... o'clock"
    "j": "alas ala pukul pkul pkl kul pukol",
    "O": "st nd rd th",
    "h": "hb haribulan",
    "I": "ika petsa tanggal",
    "a": "a an",
    "t": "the ang yang d dis",
    "o": "of ng nang na po pong",
    "i": "in within loob dalam dlm masa tempoh inside",
    "x": "next susunod depan dpn hadapan sunod",
    "c": "this ini ni nih ngayong ngaung nitong coming darating ito itong karang",
    "l": "last lepas lps lalu noong nung nong nuong nakaraang nakaraan past previous huling aritu haritu",
    "K": "tadi kanina kaninang",
    "z": "end hujung hujong ujung akhir penghujung katapusan katapusang dulo habis close ending matapos magtapos",
    "A": "am pm nn a.m p.m a.m. p.m.",
    "C": "o'clock o’clock oclock",
    "g": "lagi lg pa hence",
    "D": "than",  # "no later than"
    "u": "half",
    "y": "eve",
    "F": "after",
    "r": "from mula dari",
    "v": "working business",
    "w": "earlier prior beforehand awal",
    "E": "eod cob",
    "V": "weekend wkend wknd",
    "Q": "eom month-end",
    "R": "eow",
    "G": "mag pag",
    "$": "rm php usd sgd eur gbp myr idr rp ₱ $ € £ # v no",
    "&": "and to dan hingga",
}
# code b and @: prepositions right before a date, by what they say of it.
LEADS = {
    "before": "before b4 bago sebelum sebelumnya sblm sebelom bfore ahead",
    "by": "by latest due deadline selewat-lewatnya lewatnya lewat-lewatnya pagsapit",
    "until": "until till til hanggang gang hangang sampai upto thru",
    "on": "on sa s pada at @ pd",
    "since": "since mula simula sejak mulai dari from starting start magmula effective",
    "after": "after pagkatapos selepas slps matapos following lepas",
    "every": "every each tuwing twing bawat kada setiap tiap tiap-tiap",
    "for": "for para untuk utk",
    "of": "of ng dated bertarikh noong nung",
    "between": "between antara pagitan",
}

COMING = ("before", "by", "until")  # those of what is still to come


def _valued(code: str, table: str) -> dict[str, tuple[str, Value]]:
    rows = (line.split() for line in table.strip().splitlines())
    return {word: (code, _value(head)) for head, *words in rows for word in words}


def _value(head: str) -> Value:
    return head if head.isalpha() else float(head)


def _digits() -> dict[str, tuple[str, Value]]:
    short = {f"{n:0{width}d}": (_number_code(n), n) for n in range(100) for width in (1, 2)}
    groups = {f"{n:03d}": ("B", n) for n in range(1000)}
    years = {str(year): ("Y", year) for year in range(1990, 2100)}
    return {word: (code, float(number)) for word, (code, number) in (short | groups | years).items()}


def _clocks() -> dict[str, tuple[str, Value]]:
    """Hours written as four digits, but for those that look like a year of our time."""
    hours = ((hour, minute) for hour in range(24) for minute in range(60))
    return {f"{hour:02d}{minute:02d}": ("X", hour + minute / 60) for hour, minute in hours}


def _number_code(number: int) -> str:
    """The code d for what can be a day of the month, n for what can still be a minute, q for the rest."""
    return "d" if 1 <= number <= 31 else "n" if number < 60 else "q"


def _plain(tables: dict[str, str]) -> dict[str, tuple[str, Value]]:
    return {word: (code, "") for code, words in tables.items() for word in words.split()}


def _lexicon() -> dict[str, tuple[str, Value]]:
    """All tables in one; where two know a word, the later one wins."""
    leads = {"b": " ".join(LEADS[name] for name in COMING), "@": "at @", "~": "on sa s pada pd over"}
    tables = {
        "M": MONTHS,
        "W": WEEKDAYS,
        "T": DAYS,
        "U": UNITS,
        "P": DAYPARTS,
        "e": NUMBERS,
        "s": SPANISH,
        "f": ORDINALS,
    }
    tables |= {"S": SHORT_WEEKDAYS, "L": SUNDAY_OR_WEEK, "N": SHORT_TOMORROW, "H": FEASTS}
    words = _plain(leads) | _plain(PLAIN)
    for code, table in tables.items():
        words |= _valued(code, table)
    joined = {f"a{word}": ("k", value) for word, (_, value) in _valued("k", SPANISH).items()}
    return words | joined | {"tengah": ("p", 12.0), "tgh": ("p", 12.0)} | _clocks() | _digits()


LEXICON = _lexicon()
CODES = {word: code for word, (code, _) in LEXICON.items()}
LEAD_OF = {word: name for name, words in LEADS.items() for word in words.split()}
