"""Invented applicants. Their identity numbers begin with 999999, a region that does not exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

REGION = "999999"
"""Prefix of every invented identity number: no such region exists."""

_WOMEN = (
    "Ayu Lestari", "Bunga Maharani", "Citra Anggraini", "Dewi Kartika", "Eka Wulandari",
    "Fitri Handayani", "Gita Permata", "Hana Safitri", "Intan Pertiwi", "Kirana Putri",
    "Laras Ningrum", "Maya Anggraini", "Nadia Kusuma", "Puspa Melati", "Ratna Wulandari",
    "Sari Rahayu", "Tari Utami", "Wening Astuti", "Yuni Safira", "Zahra Amalia",
)  # fmt: skip
_MEN = (
    "Adi Prasetyo", "Bayu Segara", "Cahyo Nugroho", "Dimas Prakoso", "Eko Santoso",
    "Fajar Hidayat", "Galih Saputra", "Hendra Wijaya", "Indra Gunawan", "Joko Susilo",
    "Krisna Mahendra", "Lukman Hakim", "Made Wirawan", "Nanda Pratama", "Putu Suardana",
    "Rangga Saputra", "Surya Dharma", "Teguh Wibowo", "Wahyu Setiawan", "Yoga Pranata",
)  # fmt: skip
_STREETS = ("Melati", "Kenanga", "Mawar", "Cempaka", "Flamboyan", "Anggrek", "Bougenvil", "Dahlia")
_TRADES = (
    ("Toko Kelontong", "47112", "Sembako dan kebutuhan rumah tangga"),
    ("Toko Bangunan", "47521", "Semen, cat, dan bahan bangunan"),
    ("Apotek", "47721", "Obat dan alat kesehatan"),
    ("Toko Elektronik", "47591", "Peralatan listrik rumah tangga"),
    ("Grosir Beras", "46311", "Beras dan palawija"),
    ("Toko Kain", "47511", "Kain dan tekstil"),
    ("Toko Pertanian", "46206", "Pupuk, benih, dan alat tani"),
    ("Toko Buku", "47611", "Buku dan alat tulis"),
    ("Bengkel dan Suku Cadang", "45321", "Suku cadang sepeda motor"),
    ("Kopi Bubuk", "46339", "Kopi bubuk dalam kemasan"),
)
_BRANDS = (
    "Sumber Rejeki", "Maju Bersama", "Berkah Jaya", "Sinar Pagi", "Karya Mandiri", "Bina Usaha",
    "Cahaya Baru", "Tunas Harapan", "Mitra Sejati", "Anugerah", "Mekar Sari", "Lancar Abadi",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class InventedApplicant:
    """A person with a business, all of it made up."""

    name: str
    nik: str
    phone: str
    email: str
    address: str
    business: str
    legal_form: str
    npwp: str
    kbli: str
    goods: str
    net_worth: int


def invent(random: Random, number: int) -> InventedApplicant:
    """Return the `number`-th invented applicant; the same for the same state of `random`."""
    woman = random.random() < 0.5
    name = random.choice(_WOMEN if woman else _MEN)
    born = date(1960, 1, 1) + timedelta(days=random.randrange(365 * 42))
    day = born.day + 40 if woman else born.day
    nik = f"{REGION}{day:02d}{born:%m%y}{number % 9999 + 1:04d}"
    legal_form = random.choice(("perorangan", "perorangan", "cv", "pt", "pt_perorangan"))
    trade, kbli, goods = random.choice(_TRADES)
    brand = f"{random.choice(_BRANDS)} {number}"
    prefix = {"cv": "CV ", "pt": "PT ", "pt_perorangan": "PT "}.get(legal_form, "")
    return InventedApplicant(
        name=name,
        nik=nik,
        # The block 0000 of a mobile number is not given out.
        phone=f"081200000{number % 1000:03d}",
        email=f"pemohon{number}@contoh.example" if random.random() < 0.6 else "",
        address=(
            f"Jl. Contoh {random.choice(_STREETS)} No. {random.randrange(1, 120)},"
            f" RT {random.randrange(1, 9):03d}/RW {random.randrange(1, 6):03d}, Kel. Sukacontoh"
        ),
        business=f"{prefix}{trade} {brand}" if not prefix else f"{prefix}{brand}",
        legal_form=legal_form,
        npwp=nik,
        kbli=kbli,
        goods=goods,
        net_worth=random.choice((35, 50, 120, 350, 500, 900, 2_500, 12_000)) * 1_000_000,
    )
