"""Strong identifiers of people: the patterns under which texts hold them, and the one form of each.

Everything that looks like an identifier and passes its check counts; a number that is none costs a limit nothing but
room. Each pattern is linear: it begins where a run begins, and its repeats are possessive or bounded.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from brightline.domain.data_subjects import Identifier

if TYPE_CHECKING:
    from types import ModuleType

LONGEST = 256  # characters of an identifier that are looked at
_MAILBOX, _MAILBOX_LONGEST = re.compile(r"[\w.%+-]+\Z"), 64
_MAIL_HOST = re.compile(r"(?:[A-Za-z0-9-]{1,63}+\.){1,8}[A-Za-z0-9-]{2,63}+")
# Digits with less than `_BEFORE` and `_AFTER` between two of them: no pattern with digits begins earlier or ends later.
_BEFORE, _AFTER = 40, 80
_NEAR = re.compile(rf"[0-9](?:[^0-9]{{0,{_BEFORE + _AFTER}}}+[0-9])*+")
_PHONE = re.compile(r"(?<![\w+./-])(?:\+|00)[0-9](?:[ ().\-/]{0,3}+[0-9]){6,16}+(?![0-9])")
_SPOKEN_PHONE = re.compile(
    r"(?i:\b(?:tel|telephone|phone|mobile|cell|msisdn|call(?:er)?)\b)[^\w\n+]{0,6}+"
    r"([0-9](?:[ ().\-/]{0,3}+[0-9]){5,14}+)"
)
_DIGITS = re.compile(r"(?<![\w.-])[0-9](?:[ .-]?+[0-9]){13,15}+(?![\w-])")
_IPV4 = re.compile(r"(?<![\w.])(?:[0-9]{1,3}+\.){3}[0-9]{1,3}+(?![\w.]*[0-9])")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}+:){2,7}[0-9A-Fa-f]{0,4}+(?![\w:])")
_MAC = re.compile(r"(?<![\w:-])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![\w:-])")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}[0-9]{2}(?: ?+[A-Z0-9]{4}){2,7}(?: ?+[A-Z0-9]{1,3})?+(?!\w)")
_SOCIAL = re.compile(r"(?<![\w-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![\w-])")
_MRZ = re.compile(r"(?<![\w<])([A-Z0-9<]{9})[0-9][A-Z<]{3}[0-9]{7}[MFX<][0-9]{7}[A-Z0-9<]{14,16}")
_LABELLED = re.compile(
    r"(?i:\b(passport|licen[cs]e plate|number plate|plate|vin|imei|imsi|ssn|nino|national id|social security|person|"
    r"data subject|subject|suspect|citizen|patient|personnel|employee|badge|traveller|passenger|inmate|claimant|member)"
    r"(?:[ _-]?(?:id|no|nr|number|code))?\b)[^\w\n]{1,6}+"
    r"((?=[A-Za-z -]{0,5}[0-9])[A-Za-z0-9](?:[ -]?+[A-Za-z0-9]){3,19}+)"
)
# Under what a label's value counts; a label that is not listed here counts under its own name.
_LABELS: Mapping[str, str] = MappingProxyType(
    {"license plate": "plate", "licence plate": "plate", "number plate": "plate", "social security": "ssn"}
)
_INVISIBLE = frozenset({"Cf", "Cc", "Mn"})


def identify(text: str) -> frozenset[Identifier]:
    """Every strong identifier in `text`, each in its one form."""
    return frozenset(_found(text))


def _found(text: str) -> Iterator[Identifier]:
    if "@" in text:
        yield from [normal("email", found) for found in _emails(text)]
    if ":" in text:
        yield from [normal("mac", found) for found in _MAC.findall(text)]
        yield from _addresses(_IPV6.findall(text))
    digits = _digits_in(text)
    if not digits:
        return
    text = near_digits(text)
    if digits >= 4 and text.count(".") >= 3:
        yield from _addresses(_IPV4.findall(text))
    for found in _IBAN.findall(text):
        if _is_iban(found):
            yield normal("iban", found)
            # Its groups would pass for a telephone number.
            text = text.replace(found, " ")
    if digits >= 6:
        yield from _numbers(text, digits)
    for label, value in _LABELLED.findall(text):
        kind = label.lower()
        yield normal(_LABELS.get(kind, kind), value)


def _numbers(text: str, digits: int) -> Iterator[Identifier]:
    """The identifiers that are numbers by their form, in a text with so many digits; no expression runs in vain."""
    if "+" in text or "00" in text:
        for found in _PHONE.findall(text):
            yield from _phone(found, certain=False)
    for found in _SPOKEN_PHONE.findall(text):
        yield from _phone(found, certain=True)
    if digits >= 14:
        yield from [normal("imei", found) for found in _DIGITS.findall(text) if _is_imei(found)]
        yield from [normal("passport", found.replace("<", "")) for found in _MRZ.findall(text)]
    if digits >= 9 and "-" in text:
        yield from [normal("ssn", found) for found in _SOCIAL.findall(text)]


def _emails(text: str) -> Iterator[str]:
    """The addresses in `text`: a look around each sign costs a tenth of an expression that looks for names."""
    done, at = 0, text.find("@")
    while at >= 0:
        host = _MAIL_HOST.match(text, at + 1)
        name = host and _MAILBOX.search(text, max(done, at - _MAILBOX_LONGEST), at)
        if host and name:
            done = host.end()
            yield text[name.start() : done]
        at = text.find("@", max(done, at + 1))


def near_digits(text: str) -> str:
    """The parts of `text` about its digits, one a line: in them stands whatever is known by its digits."""
    found = [text[max(0, each.start() - _BEFORE) : each.end() + _AFTER] for each in _NEAR.finditer(text)]
    return "\n".join(found)


def _digits_in(text: str) -> int:
    data = text.encode("utf-8", "surrogatepass")
    return len(data) - len(data.translate(None, b"0123456789"))


def normal(kind: str, value: str) -> Identifier:
    """The identifier that `value` is, in the one form of its `kind`; of what does not parse its letters and digits."""
    seen = visible(value[:LONGEST]).strip()
    return Identifier(kind, _FORMS.get(kind, _letters)(seen))


def visible(text: str) -> str:
    """`text` in one of the forms that look alike (NFKC), without what nobody sees."""
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", text)
    return "".join([each for each in folded if unicodedata.category(each) not in _INVISIBLE or each in "\n\t\r"])


def _letters(value: str) -> str:
    return "".join([each for each in value.casefold() if each.isalnum()])


def _email(value: str) -> str:
    return value.removeprefix("mailto:").casefold().rstrip(".")


def _number(value: str) -> str:
    """A telephone number as digits in the international form, where it says which country's it is."""
    plain = value.replace("(0)", "").strip()
    digits = "".join([each for each in plain if each.isdecimal()])
    if plain.startswith("+"):
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") else digits


def _digits(value: str) -> str:
    return "".join([each for each in value if each.isdecimal()])


def _address(value: str) -> str:
    try:
        return ipaddress.ip_address(value).compressed
    except ValueError:
        return _letters(value)


_FORMS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {"email": _email, "phone": _number, "imei": _digits, "imsi": _digits, "ssn": _digits, "ip": _address}
)


def _phone(value: str, *, certain: bool) -> Iterator[Identifier]:
    """The number that `value` is; one that nobody called a telephone number must be a possible one."""
    found = normal("phone", value)
    if certain or _possible(found.value):
        yield found


def _possible(number: str) -> bool:
    library = _phone_numbers()
    try:
        parsed = library.parse(number, None)
    except library.NumberParseException:
        return False
    return bool(library.is_possible_number(parsed))


@cache
def _phone_numbers() -> "ModuleType":
    """The tables of telephone numbers, loaded with the first that looks like one."""
    import phonenumbers

    return phonenumbers


def _addresses(values: list[str]) -> Iterator[Identifier]:
    for value in values:
        try:
            address = ipaddress.ip_address(value)
        except ValueError:
            continue
        if address.is_global:
            yield Identifier("ip", address.compressed)


def _is_imei(value: str) -> bool:
    digits = _digits(value)
    if len(digits) != 15 or len(set(digits)) == 1:
        return False
    doubled = [int(each) * (2 if at % 2 else 1) for at, each in enumerate(digits)]
    return sum([each // 10 + each % 10 for each in doubled]) % 10 == 0


def _is_iban(value: str) -> bool:
    plain = value.replace(" ", "")
    moved = plain[4:] + plain[:4]
    return 15 <= len(plain) <= 34 and int("".join([str(int(each, 36)) for each in moved])) % 97 == 1
