"""Letters about the bill and its payment."""

from __future__ import annotations

from collections.abc import Mapping

from licensing.letters.words import Words, Writer, Written


def _billed(words: Words) -> Written:
    number, by = words.text("number"), words.moment("due_at")
    amount = rupiah(words)
    lines = [
        words.say(
            f"Retribusi permohonan Anda {amount}. Tagihannya (SKRD) sudah terbit.",
            f"The fee of your application is {amount}. The bill (SKRD) has been issued.",
        )
    ]
    if by is not None:
        lines.append(words.say(f"Bayar paling lambat {by}.", f"Pay by {by}."))
    return words.say(f"{number}: tagihan {amount}", f"{number}: bill of {amount}"), [
        *lines, _bank_alone(words), "", *words.about,
    ]  # fmt: skip


def _paid(words: Words) -> Written:
    number, amount = words.text("number"), rupiah(words)
    return words.say(f"{number}: pembayaran diterima", f"{number}: payment received"), [
        words.say(
            f"Bank sudah menerima pembayaran Anda, {amount}. Simpan bukti bayar (SSRD) dari bank.",
            f"The bank has received your payment of {amount}. Keep the bank's slip (SSRD).",
        ),
        "",
        *words.about,
    ]


def _bill_expired(words: Words) -> Written:
    number = words.text("number")
    return words.say(f"{number}: tagihan kedaluwarsa", f"{number}: bill expired"), [
        words.say(
            "Tagihan Anda kedaluwarsa dan tidak dapat dibayar lagi. Mintalah tagihan baru di "
            "loket kami.",
            "Your bill has expired and cannot be paid any more. Ask for a new one at our counter.",
        ),
        _bank_alone(words),
        "",
        *words.about,
    ]


def _bill_cancelled(words: Words) -> Written:
    number = words.text("number")
    return words.say(f"{number}: tagihan dibatalkan", f"{number}: bill cancelled"), [
        words.say(
            "Tagihan Anda kami batalkan; jangan dibayar. Bila masih ada yang harus dibayar, "
            "tagihan baru kami kirim dengan nomor baru.",
            "We have cancelled your bill; do not pay it. If something is still to be paid, we "
            "send a new bill with a new number.",
        ),
        _bank_alone(words),
        "",
        *words.about,
    ]


def _payment_reversed(words: Words) -> Written:
    number, amount = words.text("number"), rupiah(words)
    return words.say(f"{number}: pembayaran dibatalkan bank", f"{number}: payment reversed"), [
        words.say(
            f"Bank membatalkan pembukuan {amount} untuk permohonan Anda. Tagihannya terbuka lagi "
            "dan permohonan menunggu pembayaran. Bila Anda tidak mengetahuinya, segera hubungi "
            "kami.",
            f"The bank has reversed the booking of {amount} for your application. The bill is "
            "open again and the application waits for the payment. If you do not know of it, "
            "contact us at once.",
        ),
        _bank_alone(words),
        "",
        *words.about,
    ]


def _bank_alone(words: Words) -> str:
    return words.say(
        "Bayar hanya di bank, tepat sejumlah tagihan. Petugas tidak menerima uang.",
        "Pay at the bank only, exactly the amount of the bill. Officers do not accept money.",
    )


def rupiah(words: Words) -> str:
    """Return the amount of the notice as `Rp1.250.000`."""
    amount = words.text("amount_idr")
    return f"Rp{int(amount):,}".replace(",", ".") if amount.isdigit() else "Rp–"


MONEY: Mapping[str, Writer] = {
    "billed": _billed,
    "paid": _paid,
    "bill_expired": _bill_expired,
    "bill_cancelled": _bill_cancelled,
    "payment_reversed": _payment_reversed,
}
