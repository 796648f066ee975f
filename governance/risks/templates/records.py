"""Suggested risks about the records themselves: whose they are, and whether they are whole."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from governance.risks.models import Domain
from governance.risks.templates.base import DESIGN, INFORMATION, PROTECTIVE, Seed, dcb, hfmea

CLINICAL: Final = Domain.CLINICAL
DCB: Final = "dcb0129-1"

RECORDS: Final = (
    Seed(
        code="wrong-merge",
        title="False merge: two patients share one record",
        domain=CLINICAL,
        cause="Two patients share a name and date of birth, or the same identifier was issued twice, and the "
        "matching algorithm links their records.",
        hazard="One chart contains the history, allergies and results of two patients.",
        effect="A clinician treats one patient using the other patient's information, with no visible warning.",
        harm="Wrong medication or transfusion, missed allergy, wrong-patient procedure; death in the worst case.",
        failure_mode="An automatic or manual link joins records of different patients.",
        detection="Merge decisions disproved by later runs, and incident reports of mismatched charts.",
        measure="identity-errors",
        operator="le",
        threshold=Decimal("0.0005"),
        mitigation="Uncertain pairs are decided by a person; overlays go to a queue of their own; links can be taken "
        "back, and the pipeline learns of it.",
        scheme=DCB,
        inherent=dcb("high", "major"),
        current=dcb("low", "major"),
        controls=(
            (DESIGN, "No pair below the upper match threshold is linked without manual review."),
            (PROTECTIVE, "Source records are preserved so that every link can be reversed."),
            (INFORMATION, "Merged charts are flagged during hypercare."),
        ),
    ),
    Seed(
        code="duplication",
        title="Duplicate records: one patient has several charts",
        domain=CLINICAL,
        cause="Misspellings, transposed dates and missing identifiers prevent records of one patient from matching.",
        hazard="The patient's history is split across unlinked charts.",
        effect="The open chart lacks an allergy, diagnosis or current medication recorded in another chart.",
        harm="Repeated tests, missed interactions, and treatment despite a recorded contraindication.",
        failure_mode="Records of one patient are not linked.",
        detection="Cases of possible duplicates that wait for a decision.",
        measure="open-cases",
        operator="le",
        threshold=Decimal(500),
        mitigation="Potential duplicates are resolved by severity before cutover. Registration staff search "
        "before creating a record.",
        scheme=DCB,
        inherent=dcb("very-high", "considerable"),
        current=dcb("medium", "considerable"),
        controls=(
            (PROTECTIVE, "Queues of possible duplicates with due times by severity."),
            (INFORMATION, "Front-desk staff search by two identifiers before registering a patient."),
        ),
    ),
    Seed(
        code="safety-events",
        title="Clinical safety incidents go undetected after go-live",
        domain=CLINICAL,
        cause="Staff are new to the system, incidents are reported through several channels, and no one reviews "
        "them together.",
        hazard="A migration error recurs before anyone recognises the pattern.",
        effect="Several patients are treated on the same wrong or missing information.",
        harm="Avoidable injury to several patients from one fault.",
        failure_mode="Signals of harm are not collected and assessed while they are few.",
        detection="Critical cases that are unresolved, read with incident reports by the safety lead.",
        measure="critical-open",
        operator="le",
        threshold=Decimal(0),
        mitigation="The safety lead reviews incidents, critical cases and help desk calls three times a day.",
        scheme=DCB,
        inherent=dcb("high", "catastrophic"),
        current=dcb("low", "catastrophic"),
        controls=(
            (PROTECTIVE, "A clinical safety lead with authority to stop the cutover is on duty 24/7."),
            (INFORMATION, "Every ward has a single number to report chart errors."),
        ),
    ),
    Seed(
        code="missing-attachments",
        title="Clinical documents are missing attachments",
        domain=CLINICAL,
        cause="Scans and images are stored separately, and references are lost or still point to the old location.",
        hazard="A note refers to a letter, tracing or image that cannot be opened.",
        effect="Decisions are made without the document, or wait for paper that is no longer kept at hand.",
        harm="Delayed or wrong treatment; examinations that have to be repeated.",
        failure_mode="Document references do not resolve after the load.",
        detection="Reconciliation of references and documents, record by record.",
        measure="reconciliation",
        operator="ge",
        threshold=Decimal("0.995"),
        mitigation="References are checked against the store before the load; the old store stays readable.",
        scheme=DCB,
        inherent=dcb("high", "considerable"),
        current=dcb("medium", "significant"),
        controls=(
            (DESIGN, "Documents are moved and verified before the notes that refer to them."),
            (PROTECTIVE, "The old document store stays readable until the post-cutover exit."),
        ),
    ),
    Seed(
        code="medication-reconciliation",
        title="Medication lists migrate incorrectly",
        domain=CLINICAL,
        cause="Local codes, free-text doses and discontinued medicines do not map one to one.",
        hazard="The current medication list is incomplete, duplicated, or has the wrong dose or unit.",
        effect="Orders are written, checked and given on an unconfirmed list.",
        harm="Overdose, missed dose or interaction; serious for anticoagulants, insulin, opioids and chemotherapy.",
        failure_mode="A current medicine is dropped, doubled or changed by the mapping.",
        detection="Share of codes with an approved mapping, and pharmacists' checks of a sample of lists.",
        measure="mapping-coverage",
        operator="ge",
        threshold=Decimal("0.999"),
        mitigation="Pharmacy approves the mapping of every medicine in use; lists are confirmed at the first contact.",
        scheme="hfmea-1",
        inherent=hfmea("catastrophic", "frequent", weakness="yes"),
        current=hfmea("catastrophic", "uncommon", weakness="yes"),
        controls=(
            (DESIGN, "Doses without a mapped unit are not loaded and open a case for review."),
            (PROTECTIVE, "High-alert medicines are checked list by list by a pharmacist."),
            (INFORMATION, "Lists are shown as unconfirmed until a clinician confirms them."),
        ),
    ),
    Seed(
        code="allergies",
        title="Allergies and alerts are lost or altered",
        domain=CLINICAL,
        cause="Allergies recorded as free text or other alert types have no code in the new system.",
        hazard="A chart shows “no known allergies” although allergies were recorded in the legacy system.",
        effect="Prescribing alerts do not fire.",
        harm="Anaphylaxis or another severe reaction.",
        failure_mode="An allergy is dropped, or moved to where no check reads it.",
        detection="Lines that the load rejected, and counts of patients with allergies before and after.",
        measure="rejected-lines",
        operator="le",
        threshold=Decimal("0.001"),
        mitigation="Unmapped allergies migrate as visible text. “No known allergies” is never written by "
        "the migration.",
        scheme=DCB,
        inherent=dcb("medium", "catastrophic"),
        current=dcb("very-low", "catastrophic"),
        controls=(
            (DESIGN, "An allergy without a code stays visible as text; absence is never inferred."),
            (PROTECTIVE, "Counts by facility are compared before and after each load."),
        ),
    ),
)
