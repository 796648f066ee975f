"""Canonical names of fields, and the column names of other systems that mean the same.

A record line is kept as it was sent. Its columns are read by their canonical names wherever values are compared, masked
or labelled: ``surname`` of one system and ``last_name`` of another are one row, and a date is a date whatever it is
called. A source may name further columns (``triage.desk.field_rules``). ``docs/reference/fields.md`` has this table.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

#: Canonical name → other names of the column. Hyphens and dots are read as underscores.
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    name: tuple(others.split())
    for name, others in {
        "family": "surname family_name last_name lastname last familyname name_family name_last second_name",
        "given": "given_name given_names givenname first_name firstname first forename forenames name_given name_first",
        "middle": "middle_name middle_names middlename middle_initial second_forename other_names other_name",
        "title": "prefix name_prefix salutation",
        "suffix": "name_suffix generation",
        "full_name": "fullname name display_name",
        "mother": "mother_name mothers_name name_of_mother",
        "mother_maiden": "mother_maiden_name mothers_maiden_name maiden_name_of_mother",
        "maiden": "maiden_name birth_name birth_family_name family_at_birth surname_at_birth",
        "birth_date": "date_of_birth dob d_o_b birthdate birth_dt birthday bdate born born_on birth_on dateofbirth",
        "birth_year": "year_of_birth yob birthyear",
        "death_date": "date_of_death dod deathdate death_dt died_on deceased_date deceased_on",
        "sex": "gender sex_code gender_code administrative_gender administrative_sex sex_at_birth",
        "phone": "telephone tel phone_number phone_no telephone_number telephone_no tel_no phonenumber contact_phone",
        "mobile": "mobile_number mobile_no mobile_phone cell cell_phone cellphone cell_number msisdn",
        "email": "e_mail email_address e_mail_address mail emailaddress",
        "address": "street_address address_line addr full_address street postal_address home_address",
        "city": "town locality suburb municipality",
        "postcode": "post_code postal_code postalcode zip zip_code zipcode zip5",
        "national_id": "national_identifier nin national_no national_number national_id_number citizen_id",
        "nhs_number": "nhs_no nhsnumber nhs_num nhs",
        "ssn": "social_security_number social_security_no social_security soc_sec_id",
        "mrn": "medical_record_number medical_record_no record_number hospital_number hospital_no patient_number",
        "art_number": "art_no",
        "blood_type": "blood_group bloodtype abo_rh",
        "allergies": "allergy allergy_list",
    }.items()
}

#: A leading word that says nothing about the value: ``patient_surname``, ``client_dob``.
OWNERS: Final = ("patient_", "pat_", "person_", "client_", "subject_", "demographics_")

_CANONICAL: Final = {other: name for name, others in COLUMNS.items() for other in others} | {
    name: name for name in COLUMNS
}
_HYPHENS: Final = re.compile(r"[-.]+")


@lru_cache(maxsize=4096)
def canonical(column: str) -> str:
    """The canonical name of a column; its own name when it is of no known kind."""
    name = _HYPHENS.sub("_", column)
    if name in _CANONICAL:
        return _CANONICAL[name]
    bare = next((name.removeprefix(owner) for owner in OWNERS if name.startswith(owner)), "")
    return _CANONICAL.get(bare, column)
