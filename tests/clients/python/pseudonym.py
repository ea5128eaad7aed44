"""A patient's pseudonym, as schemas/IDENTITY.md defines it. As a program: pseudonym.py KEYFILE < documents.jsonl"""

import base64
import hashlib
import hmac
import json
import re
import sys

KINDS = ("RESIDENT_ID", "PASSPORT", "HK_MACAO_PERMIT", "TAIWAN_PERMIT", "BIRTH_CERTIFICATE")
TO_ASCII = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def check_digit(number):
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS)) % 11]


def normalise(kind, number):
    """The one spelling of a document's number; ValueError for what cannot be one."""
    number = re.sub("[ -]", "", number.translate(TO_ASCII))
    if kind not in KINDS or not re.fullmatch("[0-9A-Za-z]{5,32}", number):
        raise ValueError("unknown kind, or not 5 to 32 letters and digits")
    number = number.upper()
    if kind == "RESIDENT_ID":
        if re.fullmatch("[0-9]{15}", number):
            number = number[:6] + "19" + number[6:]
            number += check_digit(number)
        if not re.fullmatch("[0-9]{17}[0-9X]", number) or check_digit(number) != number[17]:
            raise ValueError("not a number with a right check digit")
    return number


def pseudonym(key, generation, kind, number):
    document = f"{kind}:{normalise(kind, number)}".encode()
    digest = hmac.new(key, document, hashlib.sha256).digest()
    return f"{generation}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def main():
    with open(sys.argv[1]) as file:
        key = json.load(file)
    for line in sys.stdin:
        document = json.loads(line)
        try:
            print(pseudonym(base64.b64decode(key["pseudonym_key"]), key["generation"],
                            document["id_kind"], document["id_number"]))
        except ValueError:
            print("refused")


if __name__ == "__main__":
    main()
