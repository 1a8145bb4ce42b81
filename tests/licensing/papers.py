"""Invented papers for the tests."""

from datetime import UTC, date, datetime

from licensing.documents import (
    FaultLine,
    Letterhead,
    PermitPaper,
    Promise,
    ReceiptPaper,
    RefusalPaper,
    RefusalReason,
    ReturnLetter,
    Signatory,
    Tracking,
)

OFFICE = Letterhead(
    government="Pemerintah Kota Contoh",
    name="Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu",
    address="Jl. Balai Contoh No. 1, Kota Contoh 99999",
    contact="Telepon (099) 000-000, pos-el ptsp@contoh.go.id",
    place="Kota Contoh",
    zone="Asia/Jakarta",
    complaints="0812-0000-0900",
)
TRACKING = Tracking(
    number="REG-20261104-00042",
    code="K7QX-93MD",
    url="https://satupintu.contoh.go.id/lacak/K7QX93MD",
    address="satupintu.contoh.go.id/lacak",
)
HEAD = Signatory(
    name="Dra. Hj. Sri Rahayu, M.Si.",
    title="Kepala Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu",
    on_behalf_of="Wali Kota Contoh",
    nip="19700101 199503 2 001",
)
RECEIPT = ReceiptPaper(
    office=OFFICE,
    tracking=TRACKING,
    applicant="CV Berkah Niaga Sejahtera",
    service="Surat Izin Usaha Perdagangan",
    received_at=datetime(2026, 11, 4, 2, 14, tzinfo=UTC),
    promise=Promise(at=datetime(2026, 11, 9, 9, 30, tzinfo=UTC), working_days=3),
    papers=("Formulir SP-SIUP bermeterai", "KTP penanggung jawab", "NPWP", "Neraca"),
    fee="Tidak dipungut biaya",
    handed_in_by="Ratna Wulandari",
    officer="Sari Lestari",
    counter="Petugas Loket 2",
    printed_at=datetime(2026, 11, 4, 2, 16, tzinfo=UTC),
)
RETURN = ReturnLetter(
    office=OFFICE,
    tracking=TRACKING,
    number="503/0142/KEMBALI/DPMPTSP/2026",
    applicant="CV Berkah Niaga Sejahtera",
    address="Jl. Melati No. 12, Kota Contoh",
    service="Surat Izin Usaha Perdagangan",
    filed_at=datetime(2026, 11, 4, 2, tzinfo=UTC),
    returned_at=datetime(2026, 11, 4, 3, tzinfo=UTC),
    faults=(
        FaultLine("Neraca", "Belum ditandatangani", "Neraca yang ditandatangani"),
        FaultLine("Akta pendirian", "Halaman 3 tidak ada"),
    ),
    answer_by=datetime(2026, 11, 18, 9, 30, tzinfo=UTC),
    source="UU 30/2014 Pasal 50",
    signatory=Signatory("Sari Lestari", "Petugas Loket 2"),
)
PERMIT = PermitPaper(
    office=OFFICE,
    title="Surat Izin Usaha Perdagangan",
    abbreviation="SIUP",
    grade="Kecil",
    number="503/0123/SIUP/DPMPTSP/2026",
    fields=(("Nama perusahaan", "CV Berkah Niaga Sejahtera"), ("Jabatan", "Direktur")),
    legal_basis=("Permendag 36/M-DAG/PER/9/2007",),
    registration_number="REG-20261104-00042",
    decided_on=date(2026, 11, 9),
    valid_from=date(2026, 11, 9),
    valid_until=None,
    validity="Berlaku selama perusahaan menjalankan kegiatan usahanya.",
    signatory=HEAD,
    check_url="https://satupintu.contoh.go.id/periksa/abc",
    check_address="satupintu.contoh.go.id/periksa",
    duties=("Melaporkan perubahan data perusahaan.",),
    photo=True,
)
REFUSAL = RefusalPaper(
    office=OFFICE,
    tracking=TRACKING,
    number="503/0007/TOLAK/DPMPTSP/2026",
    applicant="CV Berkah Niaga Sejahtera",
    address="Jl. Melati No. 12, Kota Contoh",
    service="Surat Izin Usaha Perdagangan",
    filed_at=datetime(2026, 11, 4, 2, tzinfo=UTC),
    decided_on=date(2026, 11, 9),
    reasons=(RefusalReason("Kegiatan bukan perdagangan.", "Permendag 36/2007 Pasal 2"),),
    legal_basis=("UU 30/2014", "Permendag 36/M-DAG/PER/9/2007"),
    signatory=HEAD,
    superior="Wali Kota Contoh",
    objection_by=date(2026, 12, 9),
)
