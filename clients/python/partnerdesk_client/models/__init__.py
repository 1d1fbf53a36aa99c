"""Contains all the data models used in inputs/outputs"""

from .accounts_confirmation import AccountsConfirmation
from .accounts_confirmation_how import AccountsConfirmationHow
from .agreement import Agreement
from .answer import Answer
from .approval import Approval
from .assigned import Assigned
from .assignee import Assignee
from .attempt_shown import AttemptShown
from .balance import Balance
from .bank_details import BankDetails
from .bank_run import BankRun
from .bank_run_line import BankRunLine
from .bank_run_line_released_params_type_0 import BankRunLineReleasedParamsType0
from .bank_run_state_reason_params_type_0 import BankRunStateReasonParamsType0
from .bank_runs_reason import BankRunsReason
from .bank_runs_run_in_full import BankRunsRunInFull
from .bank_runs_run_in_full_state_reason_params_type_0 import (
    BankRunsRunInFullStateReasonParamsType0,
)
from .bank_statements_assignment import BankStatementsAssignment
from .booking import Booking
from .bounce import Bounce
from .buyer_names import BuyerNames
from .campaign import Campaign
from .campaign_change import CampaignChange
from .campaign_with_plans import CampaignWithPlans
from .candidate_shown import CandidateShown
from .candidate_shown_barred_params_type_0 import CandidateShownBarredParamsType0
from .candidates import Candidates
from .case import Case
from .category import Category
from .choice import Choice
from .claim import Claim
from .claim_cause import ClaimCause
from .claim_given_up import ClaimGivenUp
from .claim_in_full import ClaimInFull
from .claim_part import ClaimPart
from .claim_part_how import ClaimPartHow
from .claim_settled import ClaimSettled
from .claim_state import ClaimState
from .commission_event import CommissionEvent
from .commission_event_type import CommissionEventType
from .commission_listed import CommissionListed
from .commission_listed_calculation_type_0 import CommissionListedCalculationType0
from .commission_listed_rule_params_type_0 import CommissionListedRuleParamsType0
from .commission_shown import CommissionShown
from .commission_shown_calculation_type_0 import CommissionShownCalculationType0
from .commission_shown_rule_params_type_0 import CommissionShownRuleParamsType0
from .commission_state import CommissionState
from .compared import Compared
from .confirmation import Confirmation
from .confirmation_shown import ConfirmationShown
from .connection_event import ConnectionEvent
from .connection_event_type import ConnectionEventType
from .connection_test import ConnectionTest
from .correction_wanted import CorrectionWanted
from .coupon import Coupon
from .coupon_list import CouponList
from .credit_note_reason import CreditNoteReason
from .credit_notes_confirmed import CreditNotesConfirmed
from .customer import Customer
from .customer_change import CustomerChange
from .day_report import DayReport
from .days import Days
from .decision import Decision
from .decision_detail import DecisionDetail
from .decision_kind import DecisionKind
from .delivery_delivery import DeliveryDelivery
from .delivery_delivery_how import DeliveryDeliveryHow
from .delivery_delivery_outcome import DeliveryDeliveryOutcome
from .delivery_with_attempts import DeliveryWithAttempts
from .delivery_with_attempts_state import DeliveryWithAttemptsState
from .disconnected import Disconnected
from .document_kind import DocumentKind
from .document_settings import DocumentSettings
from .document_settings_change import DocumentSettingsChange
from .document_settings_change_books import DocumentSettingsChangeBooks
from .document_settings_change_own_document_profile import (
    DocumentSettingsChangeOwnDocumentProfile,
)
from .document_settings_change_reversal_code import DocumentSettingsChangeReversalCode
from .document_settings_change_strategies import DocumentSettingsChangeStrategies
from .document_settings_change_tax_options import DocumentSettingsChangeTaxOptions
from .document_settings_own_document_profile import DocumentSettingsOwnDocumentProfile
from .document_settings_reversal_code import DocumentSettingsReversalCode
from .document_settings_strategies import DocumentSettingsStrategies
from .document_settings_tax_options import DocumentSettingsTaxOptions
from .document_stage import DocumentStage
from .document_strategy import DocumentStrategy
from .due import Due
from .due_of_tax_case import DueOfTaxCase
from .easybill_change import EasybillChange
from .easybill_change_plan_type_0 import EasybillChangePlanType0
from .easybill_connection import EasybillConnection
from .easybill_connection_plan import EasybillConnectionPlan
from .easybill_connection_state import EasybillConnectionState
from .ended import Ended
from .endpoint import Endpoint
from .endpoint_secret import EndpointSecret
from .endpoint_state import EndpointState
from .endpoint_state_reason_type_0 import EndpointStateReasonType0
from .entry_detail import EntryDetail
from .entry_proof import EntryProof
from .entry_proof_kind import EntryProofKind
from .entry_shown import EntryShown
from .entry_shown_outcome_params_type_0 import EntryShownOutcomeParamsType0
from .entry_state import EntryState
from .erase import Erase
from .erased_record import ErasedRecord
from .erasure_told import ErasureTold
from .event_deliveries_delivery import EventDeliveriesDelivery
from .event_deliveries_delivery_state import EventDeliveriesDeliveryState
from .event_in_full import EventInFull
from .event_in_full_reason_params_type_0 import EventInFullReasonParamsType0
from .event_listed import EventListed
from .event_listed_reason_params_type_0 import EventListedReasonParamsType0
from .event_shown import EventShown
from .event_shown_reason_params_type_0 import EventShownReasonParamsType0
from .event_state import EventState
from .example import Example
from .example_level import ExampleLevel
from .example_level_shown import ExampleLevelShown
from .example_shown import ExampleShown
from .example_tier import ExampleTier
from .export_list_name import ExportListName
from .field_problem import FieldProblem
from .file_taken import FileTaken
from .file_taken_refused_params_type_0 import FileTakenRefusedParamsType0
from .files_taken import FilesTaken
from .finding import Finding
from .four_eyes import FourEyes
from .further_attempt import FurtherAttempt
from .further_attempt_ended_how_type_0 import FurtherAttemptEndedHowType0
from .get_partner_statement_form import GetPartnerStatementForm
from .get_payout_statement_form import GetPayoutStatementForm
from .get_source_source import GetSourceSource
from .get_yearly_statement_form import GetYearlyStatementForm
from .given_rate import GivenRate
from .ground import Ground
from .hand import Hand
from .handed_over import HandedOver
from .head import Head
from .hold_in_words import HoldInWords
from .hold_in_words_params import HoldInWordsParams
from .import_ import Import
from .import_shown import ImportShown
from .import_shown_state import ImportShownState
from .import_state import ImportState
from .imports_preview_shown import ImportsPreviewShown
from .instant import Instant
from .invoice_under_way import InvoiceUnderWay
from .judging_difference import JudgingDifference
from .kept_record import KeptRecord
from .kind import Kind
from .lexoffice_change import LexofficeChange
from .lexoffice_change_credential_type_0 import LexofficeChangeCredentialType0
from .lexoffice_connection import LexofficeConnection
from .lexoffice_connection_credential_type_0 import LexofficeConnectionCredentialType0
from .lexoffice_connection_state_reason_params_type_0 import (
    LexofficeConnectionStateReasonParamsType0,
)
from .line_error_shown import LineErrorShown
from .line_error_shown_params import LineErrorShownParams
from .links import Links
from .list_partners_status_type_0 import ListPartnersStatusType0
from .list_tasks_state_type_0 import ListTasksStateType0
from .list_webhook_deliveries_state_type_0 import ListWebhookDeliveriesStateType0
from .logged_request import LoggedRequest
from .mapping import Mapping
from .me import Me
from .month_shown import MonthShown
from .name_check import NameCheck
from .named_account import NamedAccount
from .new_address import NewAddress
from .new_bank_details import NewBankDetails
from .new_campaign import NewCampaign
from .new_check import NewCheck
from .new_check_result import NewCheckResult
from .new_coupon import NewCoupon
from .new_customer import NewCustomer
from .new_day import NewDay
from .new_import import NewImport
from .new_invoice_of_sale import NewInvoiceOfSale
from .new_line import NewLine
from .new_own_account import NewOwnAccount
from .new_partner import NewPartner
from .new_partner_status import NewPartnerStatus
from .new_plan import NewPlan
from .new_plan_shown import NewPlanShown
from .new_refund import NewRefund
from .new_sale import NewSale
from .new_seat_decision import NewSeatDecision
from .new_secret import NewSecret
from .new_tax_status import NewTaxStatus
from .new_tax_status_exclusion_type_0 import NewTaxStatusExclusionType0
from .new_token import NewToken
from .not_again import NotAgain
from .not_due import NotDue
from .not_set_off import NotSetOff
from .number_check import NumberCheck
from .numbers import Numbers
from .objection import Objection
from .open_commissions import OpenCommissions
from .open_debt import OpenDebt
from .open_vouchers import OpenVouchers
from .own_account import OwnAccount
from .own_account_ended_params_type_0 import OwnAccountEndedParamsType0
from .own_document_in_full import OwnDocumentInFull
from .own_document_kind import OwnDocumentKind
from .own_document_shown import OwnDocumentShown
from .own_document_state import OwnDocumentState
from .page_campaign import PageCampaign
from .page_claim import PageClaim
from .page_commission_listed import PageCommissionListed
from .page_customer import PageCustomer
from .page_delivery import PageDelivery
from .page_endpoint import PageEndpoint
from .page_entry_shown import PageEntryShown
from .page_event_listed import PageEventListed
from .page_import import PageImport
from .page_logged_request import PageLoggedRequest
from .page_own_document_shown import PageOwnDocumentShown
from .page_partner_row import PagePartnerRow
from .page_payout_listed import PagePayoutListed
from .page_payout_run import PagePayoutRun
from .page_run_row_shown import PageRunRowShown
from .page_run_shown import PageRunShown
from .page_statement_file import PageStatementFile
from .page_task_shown import PageTaskShown
from .page_trail_entry import PageTrailEntry
from .page_transaction_listed import PageTransactionListed
from .paid_by import PaidBy
from .partner import Partner
from .partner_change import PartnerChange
from .partner_change_status import PartnerChangeStatus
from .partner_event import PartnerEvent
from .partner_in_full import PartnerInFull
from .partner_in_full_status import PartnerInFullStatus
from .partner_row import PartnerRow
from .partner_row_status import PartnerRowStatus
from .partner_status import PartnerStatus
from .payee_check import PayeeCheck
from .payee_check_result import PayeeCheckResult
from .payment_seen import PaymentSeen
from .payout_event import PayoutEvent
from .payout_event_type import PayoutEventType
from .payout_in_full import PayoutInFull
from .payout_in_full_state_reason_params_type_0 import (
    PayoutInFullStateReasonParamsType0,
)
from .payout_line import PayoutLine
from .payout_listed import PayoutListed
from .payout_listed_state_reason_params_type_0 import PayoutListedStateReasonParamsType0
from .payout_request import PayoutRequest
from .payout_run import PayoutRun
from .payout_run_results_difference import PayoutRunResultsDifference
from .payout_runs_reason import PayoutRunsReason
from .payout_runs_run_in_full import PayoutRunsRunInFull
from .payout_shown import PayoutShown
from .payout_shown_state_reason_params_type_0 import PayoutShownStateReasonParamsType0
from .payout_state import PayoutState
from .personal_data import PersonalData
from .personal_data_records import PersonalDataRecords
from .personal_data_records_additional_property_item import (
    PersonalDataRecordsAdditionalPropertyItem,
)
from .ping_event import PingEvent
from .plan import Plan
from .plan_file import PlanFile
from .plan_in_file import PlanInFile
from .plan_list import PlanList
from .plans_made import PlansMade
from .plans_preview_shown import PlansPreviewShown
from .posting_case import PostingCase
from .posting_categories import PostingCategories
from .posting_mapping import PostingMapping
from .previews_preview_shown import PreviewsPreviewShown
from .problem_body import ProblemBody
from .problem_body_params import ProblemBodyParams
from .problem_shown import ProblemShown
from .problem_shown_params import ProblemShownParams
from .product_rate import ProductRate
from .product_rate_kind import ProductRateKind
from .product_rate_shown import ProductRateShown
from .product_rate_shown_kind import ProductRateShownKind
from .proof_by_hand import ProofByHand
from .put_source_source import PutSourceSource
from .rate import Rate
from .rate_shown import RateShown
from .reason_shown import ReasonShown
from .reason_shown_params import ReasonShownParams
from .reconciliation import Reconciliation
from .reference import Reference
from .refusal import Refusal
from .refused_account import RefusedAccount
from .release import Release
from .removed import Removed
from .repaid import Repaid
from .repayment import Repayment
from .replayed import Replayed
from .replayed_range import ReplayedRange
from .report import Report
from .report_shown import ReportShown
from .resolution import Resolution
from .resolution_detail import ResolutionDetail
from .retention import Retention
from .retention_change import RetentionChange
from .retention_change_days import RetentionChangeDays
from .retention_rules import RetentionRules
from .reversal_shown import ReversalShown
from .reversal_shown_kind import ReversalShownKind
from .reversal_wanted import ReversalWanted
from .reverse_charge import ReverseCharge
from .reverse_charge_document import ReverseChargeDocument
from .row_shown import RowShown
from .rows_mapping import RowsMapping
from .run_approval import RunApproval
from .run_begun import RunBegun
from .run_request import RunRequest
from .run_row_shown import RunRowShown
from .run_row_shown_params_type_0 import RunRowShownParamsType0
from .run_shown import RunShown
from .run_shown_state_reason_params_type_0 import RunShownStateReasonParamsType0
from .run_stage import RunStage
from .run_totals import RunTotals
from .run_wanted import RunWanted
from .sale_of_many import SaleOfMany
from .sale_of_many_outcome import SaleOfManyOutcome
from .sale_recorded import SaleRecorded
from .sale_recorded_outcome import SaleRecordedOutcome
from .sales_recorded import SalesRecorded
from .sales_told import SalesTold
from .seat_decision import SeatDecision
from .seen import Seen
from .send_again import SendAgain
from .series import Series
from .set_aside import SetAside
from .set_off_row import SetOffRow
from .source_change import SourceChange
from .source_shown import SourceShown
from .source_shown_source import SourceShownSource
from .source_shown_state import SourceShownState
from .source_tested import SourceTested
from .stage import Stage
from .standing import Standing
from .statement_file import StatementFile
from .statement_handed_in import StatementHandedIn
from .statements_handed_in import StatementsHandedIn
from .step_shown import StepShown
from .stripe_change import StripeChange
from .stripe_connection import StripeConnection
from .stripe_connection_state import StripeConnectionState
from .subscribed import Subscribed
from .subscriptions import Subscriptions
from .subscriptions_reason_params_type_0 import SubscriptionsReasonParamsType0
from .subscriptions_state import SubscriptionsState
from .take_over import TakeOver
from .task_event import TaskEvent
from .task_event_type import TaskEventType
from .task_shown import TaskShown
from .task_shown_detail import TaskShownDetail
from .task_shown_links import TaskShownLinks
from .task_shown_reason_params import TaskShownReasonParams
from .task_shown_resolution_type_0 import TaskShownResolutionType0
from .tax_case import TaxCase
from .tax_option import TaxOption
from .tax_record import TaxRecord
from .tax_record_exclusion_type_0 import TaxRecordExclusionType0
from .tax_status import TaxStatus
from .tenant_change import TenantChange
from .tenant_profile import TenantProfile
from .terms import Terms
from .test_source_source import TestSourceSource
from .tier import Tier
from .tier_mode import TierMode
from .tier_shown import TierShown
from .told_commission import ToldCommission
from .told_commission_links import ToldCommissionLinks
from .told_connection import ToldConnection
from .told_connection_links import ToldConnectionLinks
from .told_partner import ToldPartner
from .told_payout import ToldPayout
from .told_ping import ToldPing
from .told_task import ToldTask
from .told_transaction import ToldTransaction
from .trail_entry import TrailEntry
from .trail_entry_detail import TrailEntryDetail
from .transaction_event import TransactionEvent
from .transaction_event_type import TransactionEventType
from .transaction_in_full import TransactionInFull
from .transaction_in_full_address_type_0 import TransactionInFullAddressType0
from .transaction_in_full_state_reason_params_type_0 import (
    TransactionInFullStateReasonParamsType0,
)
from .transaction_listed import TransactionListed
from .transaction_listed_address_type_0 import TransactionListedAddressType0
from .transaction_listed_state_reason_params_type_0 import (
    TransactionListedStateReasonParamsType0,
)
from .transaction_state import TransactionState
from .transactions_assignment import TransactionsAssignment
from .turnover_answer import TurnoverAnswer
from .undocumented import Undocumented
from .unreached import Unreached
from .vat_answer import VatAnswer
from .vat_check import VatCheck
from .vat_check_asked_type_0 import VatCheckAskedType0
from .vat_check_told_type_0 import VatCheckToldType0
from .vat_checks import VatChecks
from .voucher_to_close import VoucherToClose
from .vouchers_to_close import VouchersToClose
from .waiting import Waiting
from .waiting_account import WaitingAccount
from .waiting_line import WaitingLine
from .waiting_shown import WaitingShown
from .waiting_shown_params import WaitingShownParams
from .waiting_sum import WaitingSum
from .wanted_endpoint import WantedEndpoint
from .webhook_token import WebhookToken
from .webhook_token_kind import WebhookTokenKind
from .webhook_tokens import WebhookTokens
from .why import Why
from .without_bank_details import WithoutBankDetails
from .write_off import WriteOff

__all__ = (
    "AccountsConfirmation",
    "AccountsConfirmationHow",
    "Agreement",
    "Answer",
    "Approval",
    "Assigned",
    "Assignee",
    "AttemptShown",
    "Balance",
    "BankDetails",
    "BankRun",
    "BankRunLine",
    "BankRunLineReleasedParamsType0",
    "BankRunsReason",
    "BankRunsRunInFull",
    "BankRunsRunInFullStateReasonParamsType0",
    "BankRunStateReasonParamsType0",
    "BankStatementsAssignment",
    "Booking",
    "Bounce",
    "BuyerNames",
    "Campaign",
    "CampaignChange",
    "CampaignWithPlans",
    "Candidates",
    "CandidateShown",
    "CandidateShownBarredParamsType0",
    "Case",
    "Category",
    "Choice",
    "Claim",
    "ClaimCause",
    "ClaimGivenUp",
    "ClaimInFull",
    "ClaimPart",
    "ClaimPartHow",
    "ClaimSettled",
    "ClaimState",
    "CommissionEvent",
    "CommissionEventType",
    "CommissionListed",
    "CommissionListedCalculationType0",
    "CommissionListedRuleParamsType0",
    "CommissionShown",
    "CommissionShownCalculationType0",
    "CommissionShownRuleParamsType0",
    "CommissionState",
    "Compared",
    "Confirmation",
    "ConfirmationShown",
    "ConnectionEvent",
    "ConnectionEventType",
    "ConnectionTest",
    "CorrectionWanted",
    "Coupon",
    "CouponList",
    "CreditNoteReason",
    "CreditNotesConfirmed",
    "Customer",
    "CustomerChange",
    "DayReport",
    "Days",
    "Decision",
    "DecisionDetail",
    "DecisionKind",
    "DeliveryDelivery",
    "DeliveryDeliveryHow",
    "DeliveryDeliveryOutcome",
    "DeliveryWithAttempts",
    "DeliveryWithAttemptsState",
    "Disconnected",
    "DocumentKind",
    "DocumentSettings",
    "DocumentSettingsChange",
    "DocumentSettingsChangeBooks",
    "DocumentSettingsChangeOwnDocumentProfile",
    "DocumentSettingsChangeReversalCode",
    "DocumentSettingsChangeStrategies",
    "DocumentSettingsChangeTaxOptions",
    "DocumentSettingsOwnDocumentProfile",
    "DocumentSettingsReversalCode",
    "DocumentSettingsStrategies",
    "DocumentSettingsTaxOptions",
    "DocumentStage",
    "DocumentStrategy",
    "Due",
    "DueOfTaxCase",
    "EasybillChange",
    "EasybillChangePlanType0",
    "EasybillConnection",
    "EasybillConnectionPlan",
    "EasybillConnectionState",
    "Ended",
    "Endpoint",
    "EndpointSecret",
    "EndpointState",
    "EndpointStateReasonType0",
    "EntryDetail",
    "EntryProof",
    "EntryProofKind",
    "EntryShown",
    "EntryShownOutcomeParamsType0",
    "EntryState",
    "Erase",
    "ErasedRecord",
    "ErasureTold",
    "EventDeliveriesDelivery",
    "EventDeliveriesDeliveryState",
    "EventInFull",
    "EventInFullReasonParamsType0",
    "EventListed",
    "EventListedReasonParamsType0",
    "EventShown",
    "EventShownReasonParamsType0",
    "EventState",
    "Example",
    "ExampleLevel",
    "ExampleLevelShown",
    "ExampleShown",
    "ExampleTier",
    "ExportListName",
    "FieldProblem",
    "FilesTaken",
    "FileTaken",
    "FileTakenRefusedParamsType0",
    "Finding",
    "FourEyes",
    "FurtherAttempt",
    "FurtherAttemptEndedHowType0",
    "GetPartnerStatementForm",
    "GetPayoutStatementForm",
    "GetSourceSource",
    "GetYearlyStatementForm",
    "GivenRate",
    "Ground",
    "Hand",
    "HandedOver",
    "Head",
    "HoldInWords",
    "HoldInWordsParams",
    "Import",
    "ImportShown",
    "ImportShownState",
    "ImportsPreviewShown",
    "ImportState",
    "Instant",
    "InvoiceUnderWay",
    "JudgingDifference",
    "KeptRecord",
    "Kind",
    "LexofficeChange",
    "LexofficeChangeCredentialType0",
    "LexofficeConnection",
    "LexofficeConnectionCredentialType0",
    "LexofficeConnectionStateReasonParamsType0",
    "LineErrorShown",
    "LineErrorShownParams",
    "Links",
    "ListPartnersStatusType0",
    "ListTasksStateType0",
    "ListWebhookDeliveriesStateType0",
    "LoggedRequest",
    "Mapping",
    "Me",
    "MonthShown",
    "NameCheck",
    "NamedAccount",
    "NewAddress",
    "NewBankDetails",
    "NewCampaign",
    "NewCheck",
    "NewCheckResult",
    "NewCoupon",
    "NewCustomer",
    "NewDay",
    "NewImport",
    "NewInvoiceOfSale",
    "NewLine",
    "NewOwnAccount",
    "NewPartner",
    "NewPartnerStatus",
    "NewPlan",
    "NewPlanShown",
    "NewRefund",
    "NewSale",
    "NewSeatDecision",
    "NewSecret",
    "NewTaxStatus",
    "NewTaxStatusExclusionType0",
    "NewToken",
    "NotAgain",
    "NotDue",
    "NotSetOff",
    "NumberCheck",
    "Numbers",
    "Objection",
    "OpenCommissions",
    "OpenDebt",
    "OpenVouchers",
    "OwnAccount",
    "OwnAccountEndedParamsType0",
    "OwnDocumentInFull",
    "OwnDocumentKind",
    "OwnDocumentShown",
    "OwnDocumentState",
    "PageCampaign",
    "PageClaim",
    "PageCommissionListed",
    "PageCustomer",
    "PageDelivery",
    "PageEndpoint",
    "PageEntryShown",
    "PageEventListed",
    "PageImport",
    "PageLoggedRequest",
    "PageOwnDocumentShown",
    "PagePartnerRow",
    "PagePayoutListed",
    "PagePayoutRun",
    "PageRunRowShown",
    "PageRunShown",
    "PageStatementFile",
    "PageTaskShown",
    "PageTrailEntry",
    "PageTransactionListed",
    "PaidBy",
    "Partner",
    "PartnerChange",
    "PartnerChangeStatus",
    "PartnerEvent",
    "PartnerInFull",
    "PartnerInFullStatus",
    "PartnerRow",
    "PartnerRowStatus",
    "PartnerStatus",
    "PayeeCheck",
    "PayeeCheckResult",
    "PaymentSeen",
    "PayoutEvent",
    "PayoutEventType",
    "PayoutInFull",
    "PayoutInFullStateReasonParamsType0",
    "PayoutLine",
    "PayoutListed",
    "PayoutListedStateReasonParamsType0",
    "PayoutRequest",
    "PayoutRun",
    "PayoutRunResultsDifference",
    "PayoutRunsReason",
    "PayoutRunsRunInFull",
    "PayoutShown",
    "PayoutShownStateReasonParamsType0",
    "PayoutState",
    "PersonalData",
    "PersonalDataRecords",
    "PersonalDataRecordsAdditionalPropertyItem",
    "PingEvent",
    "Plan",
    "PlanFile",
    "PlanInFile",
    "PlanList",
    "PlansMade",
    "PlansPreviewShown",
    "PostingCase",
    "PostingCategories",
    "PostingMapping",
    "PreviewsPreviewShown",
    "ProblemBody",
    "ProblemBodyParams",
    "ProblemShown",
    "ProblemShownParams",
    "ProductRate",
    "ProductRateKind",
    "ProductRateShown",
    "ProductRateShownKind",
    "ProofByHand",
    "PutSourceSource",
    "Rate",
    "RateShown",
    "ReasonShown",
    "ReasonShownParams",
    "Reconciliation",
    "Reference",
    "Refusal",
    "RefusedAccount",
    "Release",
    "Removed",
    "Repaid",
    "Repayment",
    "Replayed",
    "ReplayedRange",
    "Report",
    "ReportShown",
    "Resolution",
    "ResolutionDetail",
    "Retention",
    "RetentionChange",
    "RetentionChangeDays",
    "RetentionRules",
    "ReversalShown",
    "ReversalShownKind",
    "ReversalWanted",
    "ReverseCharge",
    "ReverseChargeDocument",
    "RowShown",
    "RowsMapping",
    "RunApproval",
    "RunBegun",
    "RunRequest",
    "RunRowShown",
    "RunRowShownParamsType0",
    "RunShown",
    "RunShownStateReasonParamsType0",
    "RunStage",
    "RunTotals",
    "RunWanted",
    "SaleOfMany",
    "SaleOfManyOutcome",
    "SaleRecorded",
    "SaleRecordedOutcome",
    "SalesRecorded",
    "SalesTold",
    "SeatDecision",
    "Seen",
    "SendAgain",
    "Series",
    "SetAside",
    "SetOffRow",
    "SourceChange",
    "SourceShown",
    "SourceShownSource",
    "SourceShownState",
    "SourceTested",
    "Stage",
    "Standing",
    "StatementFile",
    "StatementHandedIn",
    "StatementsHandedIn",
    "StepShown",
    "StripeChange",
    "StripeConnection",
    "StripeConnectionState",
    "Subscribed",
    "Subscriptions",
    "SubscriptionsReasonParamsType0",
    "SubscriptionsState",
    "TakeOver",
    "TaskEvent",
    "TaskEventType",
    "TaskShown",
    "TaskShownDetail",
    "TaskShownLinks",
    "TaskShownReasonParams",
    "TaskShownResolutionType0",
    "TaxCase",
    "TaxOption",
    "TaxRecord",
    "TaxRecordExclusionType0",
    "TaxStatus",
    "TenantChange",
    "TenantProfile",
    "Terms",
    "TestSourceSource",
    "Tier",
    "TierMode",
    "TierShown",
    "ToldCommission",
    "ToldCommissionLinks",
    "ToldConnection",
    "ToldConnectionLinks",
    "ToldPartner",
    "ToldPayout",
    "ToldPing",
    "ToldTask",
    "ToldTransaction",
    "TrailEntry",
    "TrailEntryDetail",
    "TransactionEvent",
    "TransactionEventType",
    "TransactionInFull",
    "TransactionInFullAddressType0",
    "TransactionInFullStateReasonParamsType0",
    "TransactionListed",
    "TransactionListedAddressType0",
    "TransactionListedStateReasonParamsType0",
    "TransactionsAssignment",
    "TransactionState",
    "TurnoverAnswer",
    "Undocumented",
    "Unreached",
    "VatAnswer",
    "VatCheck",
    "VatCheckAskedType0",
    "VatChecks",
    "VatCheckToldType0",
    "VouchersToClose",
    "VoucherToClose",
    "Waiting",
    "WaitingAccount",
    "WaitingLine",
    "WaitingShown",
    "WaitingShownParams",
    "WaitingSum",
    "WantedEndpoint",
    "WebhookToken",
    "WebhookTokenKind",
    "WebhookTokens",
    "Why",
    "WithoutBankDetails",
    "WriteOff",
)
