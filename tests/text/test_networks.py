"""Networks by their codes: MCC and MNC together (ITU-T E.212)."""

from callr_segment.text.networks import country_of_mcc, join_network

AMERICAN = "AG AI AR BB CA DM GD HN JM KN KY LC MS MX TC US VC VG"
CODES = [f"{number:03d}" for number in range(1_000)]


def test_the_zeros_of_an_mnc_are_those_of_its_country():
    long = {mcc for mcc in CODES if join_network(mcc, "7") == f"{mcc}007"}
    assert {mcc for mcc in CODES if country_of_mcc(mcc) in AMERICAN.split()} == long
    assert all(join_network(mcc, "7") == f"{mcc}07" for mcc in CODES if mcc not in long)


def test_an_mnc_of_two_digits_or_more_is_left_as_it_is():
    for mcc in CODES:
        assert [join_network(mcc, mnc) for mnc in ("04", "12", "120")] == [
            f"{mcc}04",
            f"{mcc}12",
            f"{mcc}120",
        ]
