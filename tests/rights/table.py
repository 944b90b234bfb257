"""Who may do what by which address: written by hand, read by hand, never made from the roles' code.

A line: who is let through, the method, the address's name; the things are those of `world.py`. A method that has no line
must not be there (405); an address without a line fails. People: A administrator, P policy manager and M data manager of
the body; D director and O data officer of the competent directorate; N coordinator of the reporting NGO, n of another
that supports the same facility; a administrator of the reporting NGO's people, R its facility reporter for the facility's
place and r for another place; d director of another directorate; S surveillance officer of the custodian; o observer;
F donor; E a data officer whose role ended yesterday; X signed in without any role; - not signed in.
"""

# What the words stand for.
GROUPS = {
    "signed-in": "APMDONndSoaRrFEX",
    "roles": "APMDONndSoaRrF",
    "anyone": "APMDONndSoaRrFEX-",
    # Things that are nobody's here: keys, sessions, files and uploads are their owner's alone.
    "nobody": "",
}

# Whom `test_missing.py` asks for each thing that the table refuses them: there a refusal is compared with what does not exist.
# A coordinator, a director of elsewhere, a donor who sees figures alone, somebody without any role.
COMPARED = "NdFX"
# What an address takes that names no thing of somebody's: kinds of files and of lists.
NO_THING = {"exchange:export", "exchange:register", "exchange:country", "exchange:send"}

TABLE = """
signed-in            GET   home
signed-in            POST  home
anyone               POST  set_language
nobody               POST  act_as
signed-in            GET   account
signed-in            POST  account
nobody               GET   directorates:end_key
nobody               POST  directorates:end_key
signed-in            POST  directorates:make_key
signed-in            POST  directorates:end_other_sessions
nobody               POST  directorates:end_session
signed-in            GET   directorates:feed
signed-in            POST  directorates:feed
signed-in            POST  directorates:end_feed
anyone               GET   feed
signed-in            GET   directorates:notice_choices
signed-in            POST  directorates:notice_choices
signed-in            GET   directorates:notices
signed-in            POST  directorates:read_notices
A M D O N n d S a    GET   directorates:record
A M D O N n d S a    POST  directorates:record
signed-in            GET   directorates:record_head
signed-in            POST  directorates:record_head
A                    POST  directorates:new_witness
A                    POST  directorates:no_witness
A D O d a            POST  directorates:find_factor_reset
D                    GET   directorates:decide_deputy
D                    POST  directorates:decide_deputy
D O                  GET   directorates:deputies
D O                  POST  directorates:deputies
D O                  POST  directorates:end_deputyship
anyone               GET   directorates:join
anyone               POST  directorates:join
anyone               GET   directorates:invitation
A D O d a            GET   directorates:people
A D O d a            POST  directorates:people
A D O d a            GET   directorates:invite
A D O d a            POST  directorates:invite
signed-in            GET   directorates:invited
signed-in            POST  directorates:invited
D O                  GET   directorates:person
D O                  POST  directorates:person
A D O                GET   directorates:ask_factor_reset
A D O                POST  directorates:ask_factor_reset
A D O                GET   directorates:decide_factor_reset
A D O                POST  directorates:decide_factor_reset
A D O                GET   directorates:decide_offer
A D O                POST  directorates:decide_offer
D O                  GET   directorates:end_role
D O                  POST  directorates:end_role
D O                  GET   directorates:withdraw
D O                  POST  directorates:withdraw
signed-in            GET   facilities:facilities
signed-in            POST  facilities:facilities
A D O d              GET   facilities:register
A D O d              POST  facilities:register
A D O d              GET   facilities:duplicates
A D O d              POST  facilities:duplicates
A M D O N n d        GET   facilities:proposals
A M D O N n d        POST  facilities:proposals
A M D O N n d        GET   facilities:propose_new
A M D O N n d        POST  facilities:propose_new
A M D O N n d        GET   facilities:proposal
D O                  POST  facilities:proposal
A M D O N n d        GET   facilities:withdraw
N                    POST  facilities:withdraw
A M D O N n d        GET   facilities:propose
A M D O N n d        POST  facilities:propose
A D O                GET   facilities:describe
A D O                POST  facilities:describe
A D O                GET   facilities:status
A D O                POST  facilities:status
A D O                GET   facilities:support
A D O                POST  facilities:support
A D O N              GET   facilities:support_declared
A D O N              POST  facilities:support_declared
A D O                GET   facilities:support_end
A D O                POST  facilities:support_end
A D O                GET   facilities:duplicate
A D O                POST  facilities:duplicate
A P M D O N n d S o a R GET   facilities:facility
A P M D O N n d S o a R POST  facilities:facility
A P M D O N n d S o a R GET   facilities:readers
A P M D O N n d S o a R POST  facilities:readers
A P M D O N n d S o a R GET   facilities:merged
A P M D O N n d S o a R POST  facilities:merged
signed-in            GET   reporting:reports
signed-in            POST  reporting:reports
signed-in            GET   reporting:due
signed-in            POST  reporting:due
signed-in            GET   reporting:start
signed-in            POST  reporting:start
N R                  GET   reporting:fill
N R                  POST  reporting:fill
N R                  GET   reporting:check
N R                  POST  reporting:check
M D O N S R          GET   reporting:receipt
M D O N S R          POST  reporting:receipt
M D O N S R          GET   reporting:paper
M D O N S R          POST  reporting:paper
M O                  GET   reporting:inbox
M O                  POST  reporting:inbox
M O                  GET   reporting:approve_clean
M O                  POST  reporting:approve_clean
M O                  POST  reporting:undo_approval
M O                  GET   reporting:line
M O                  POST  reporting:line
M O                  POST  reporting:claim
M O                  POST  reporting:release
M O                  POST  reporting:hand_over
M D O N S R          GET   reporting:report
M D O N S R          POST  reporting:report
M D O N S R          GET   reporting:readers
M D O N S R          POST  reporting:readers
O                    GET   reporting:approve
O                    POST  reporting:approve
O                    GET   reporting:send_back
O                    POST  reporting:send_back
M D O N n d S a R r  GET   reporting:double_reports
M D O N n d S a R r  POST  reporting:double_reports
M D O N n S R        GET   reporting:double_report
M D O N n S R        POST  reporting:double_report
O N n R              GET   reporting:double_propose
O N n R              POST  reporting:double_propose
O N n R              GET   reporting:double_take_back
O N n R              POST  reporting:double_take_back
N n R                GET   reporting:double_confirm
N n R                POST  reporting:double_confirm
N n R                GET   reporting:double_refuse
N n R                POST  reporting:double_refuse
D O                  GET   reporting:double_arbiter
D O                  POST  reporting:double_arbiter
M                    GET   reporting:double_decide
M                    POST  reporting:double_decide
O                    GET   reporting:reopen
O                    POST  reporting:reopen
N R                  GET   reporting:attach
N R                  POST  reporting:attach
M D O N S R          GET   reporting:attachment
N R                  POST  reporting:attachment_take_away
O                    POST  reporting:attachment_release
O                    GET   reporting:attachment_refuse
O                    POST  reporting:attachment_refuse
M D O N n d S R r    GET   reporting:corrections
M D O N n d S R r    POST  reporting:corrections
O N R                GET   reporting:ask_correction
O N R                POST  reporting:ask_correction
O                    GET   reporting:accept_correction
O                    POST  reporting:accept_correction
O                    GET   reporting:refuse_correction
O                    POST  reporting:refuse_correction
N R                  GET   reporting:withdraw_correction
N R                  POST  reporting:withdraw_correction
O                    GET   reporting:look
O                    POST  reporting:look
M O                  GET   reporting:deadlines
M O                  POST  reporting:deadlines
M O                  GET   reporting:put_off
M O                  POST  reporting:put_off
M D O N n d S R r    GET   reporting:quality
M D O N n d S R r    POST  reporting:quality
M D O N n S R        GET   reporting:quality_of
M D O N n S R        POST  reporting:quality_of
M D O N n d S R r    GET   reporting:follow_ups
M D O N n d S R r    POST  reporting:follow_ups
M D O N S R          GET   reporting:follow_up
M D O N S R          POST  reporting:follow_up
N R                  GET   reporting:follow_up_answer
N R                  POST  reporting:follow_up_answer
O                    GET   reporting:follow_up_again
O                    POST  reporting:follow_up_again
O                    GET   reporting:follow_up_settle
O                    POST  reporting:follow_up_settle
M O S                GET   reporting:ask
M O S                POST  reporting:ask
M D O N n d S R r    GET   reporting:missing
M D O N n d S R r    POST  reporting:missing
M O N n R r          GET   reporting:explain
M O N n R r          POST  reporting:explain
M O N n R r          GET   reporting:take_back
M O N n R r          POST  reporting:take_back
M D O N S R          GET   reporting:missing_report
M D O N S R          POST  reporting:missing_report
M D O N S R          GET   reporting:missing_evidence
M D O N S R          POST  reporting:missing_evidence
A M D O N n d S R r  GET   reporting:figures
A M D O N n d S R r  POST  reporting:figures
nobody               GET   reporting:sources
nobody               POST  reporting:sources
M                    GET   reporting:rebuild
M                    POST  reporting:rebuild
A M                  GET   reporting:runs
A M                  POST  reporting:runs
A M                  GET   reporting:schedules
A M                  POST  reporting:schedules
A                    GET   reporting:schedule
A                    POST  reporting:schedule
M                    POST  reporting:check_figures
roles                GET   reporting:indicators
roles                POST  reporting:indicators
A                    GET   reporting:new_indicator
A                    POST  reporting:new_indicator
roles                GET   reporting:indicator
roles                POST  reporting:indicator
A                    GET   reporting:indicator_formula
A                    POST  reporting:indicator_formula
A                    GET   reporting:indicator_describe
A                    POST  reporting:indicator_describe
A                    GET   reporting:indicator_retire
A                    POST  reporting:indicator_retire
roles                GET   reporting:populations
roles                POST  reporting:populations
A M                  GET   reporting:new_population
A M                  POST  reporting:new_population
A M                  POST  reporting:take_back_population
roles                GET   api:indicators
roles                GET   api:indicator
roles                GET   api:indicator_values
A M D O N n d S R r  GET   reporting:lost_services
A M D O N n d S R r  POST  reporting:lost_services
A M D O N n d S R r  GET   reporting:figures_across
A M D O N n d S R r  POST  reporting:figures_across
roles                GET   reporting:figures_compared
roles                POST  reporting:figures_compared
roles                GET   reporting:saved_views
roles                POST  reporting:saved_views
roles                GET   reporting:keep_view
roles                POST  reporting:keep_view
D O                  GET   reporting:saved_view
D O                  POST  reporting:saved_view
O                    GET   reporting:change_view
O                    POST  reporting:change_view
O                    GET   reporting:delete_view
O                    POST  reporting:delete_view
O                    GET   reporting:share_view
O                    POST  reporting:share_view
roles                GET   reporting:new_dashboard
roles                POST  reporting:new_dashboard
O                    GET   reporting:dashboard
O                    POST  reporting:dashboard
O                    GET   reporting:change_dashboard
O                    POST  reporting:change_dashboard
O                    GET   reporting:delete_dashboard
O                    POST  reporting:delete_dashboard
O                    GET   reporting:share_dashboard
O                    POST  reporting:share_dashboard
O                    POST  reporting:withdraw_share
signed-in            GET   reporting:templates
signed-in            POST  reporting:templates
A                    GET   reporting:new_template
A                    POST  reporting:new_template
roles                GET   reporting:template
roles                POST  reporting:template
A M                  GET   reporting:rule_records
A M                  POST  reporting:rule_records
A M                  POST  reporting:check_rules
A                    GET   reporting:template_head
A                    POST  reporting:template_head
roles                GET   reporting:template_comparison
roles                POST  reporting:template_comparison
roles                GET   reporting:version
roles                POST  reporting:version
A                    POST  reporting:start_version
A                    GET   reporting:draft
A                    POST  reporting:draft
nobody               POST  reporting:draft_deed
A                    GET   reporting:discard_version
A                    POST  reporting:discard_version
A                    GET   reporting:new_section
A                    POST  reporting:new_section
A                    GET   reporting:section
A                    POST  reporting:section
A                    GET   reporting:section_items
A                    POST  reporting:section_items
A                    GET   reporting:new_rule
A                    POST  reporting:new_rule
A                    GET   reporting:try_rule
A                    POST  reporting:try_rule
A                    GET   reporting:rule
A                    POST  reporting:rule
A                    GET   reporting:publish_version
A                    POST  reporting:publish_version
A                    GET   reporting:retire_template
A                    POST  reporting:retire_template
roles                GET   reporting:preview
roles                POST  reporting:preview
roles                GET   reporting:preview_frame
roles                POST  reporting:preview_frame
signed-in            GET   reporting:elements
signed-in            POST  reporting:elements
A                    GET   reporting:new_element
A                    POST  reporting:new_element
A                    GET   reporting:near_elements
A                    POST  reporting:near_elements
signed-in            GET   reporting:category_sets
signed-in            POST  reporting:category_sets
A                    GET   reporting:new_category_set
A                    POST  reporting:new_category_set
A                    GET   reporting:category_set
A                    POST  reporting:category_set
roles                GET   reporting:element
roles                POST  reporting:element
A                    GET   reporting:change_element
A                    POST  reporting:change_element
A P M D O N n d S o a R r GET   reporting:assignments
A P M D O N n d S o a R r POST  reporting:assignments
A                    GET   reporting:begin_assignments
A                    POST  reporting:begin_assignments
A                    GET   reporting:end_assignments
A                    POST  reporting:end_assignments
A                    GET   reporting:missing_names
A                    POST  reporting:missing_names
signed-in            GET   jobs:jobs
signed-in            POST  jobs:jobs
A M N                GET   jobs:job
A M N                POST  jobs:job
nobody               GET   jobs:file
nobody               POST  jobs:file
N                    POST  jobs:again
M D O N n d S R r GET  exchange:export
M D O N n d S R r POST  exchange:export
A                    GET   exchange:packages
A                    POST  exchange:packages
A                    GET   exchange:package
A                    POST  exchange:package
O N n R r            GET   exchange:reports
O N n R r            POST  exchange:reports
nobody               GET   exchange:workbook
nobody               POST  exchange:workbook
A D O d              GET   exchange:facilities
A D O d              POST  exchange:facilities
A P M D O N n d S o a R r GET   exchange:register
A P M D O N n d S o a R r POST  exchange:register
A                    GET   exchange:places
A                    POST  exchange:places
A                    GET   exchange:country
A                    POST  exchange:country
A M                  GET   exchange:populations
A M                  POST  exchange:populations
A M                  GET   exchange:populations_file
A M                  POST  exchange:populations_file
O N n R r            POST  exchange:send
nobody               GET   exchange:upload
nobody               POST  exchange:upload
nobody               GET   exchange:taken
nobody               POST  exchange:taken
signed-in            GET   search
signed-in            POST  search
anyone               GET   schema
roles                GET   reporting:editions
roles                POST  reporting:editions
roles                GET   reporting:edition
roles                POST  reporting:edition
S                    POST  reporting:edition_verify
M S                  GET   reporting:edition_publish
M S                  POST  reporting:edition_publish
S                    GET   reporting:embedded_figures
S                    POST  reporting:embedded_figures
S                    GET   reporting:embed
S                    POST  reporting:embed
S                    GET   reporting:revoke_embedded
S                    POST  reporting:revoke_embedded
anyone               GET   embedded_figure
roles                GET   reporting:bulletins
roles                POST  reporting:bulletins
M S                  GET   reporting:bulletin_series
M S                  POST  reporting:bulletin_series
M S                  GET   reporting:bulletin_start
M S                  POST  reporting:bulletin_start
S                    GET   reporting:bulletin
S                    POST  reporting:bulletin
S                    POST  reporting:bulletin_make
S                    POST  reporting:bulletin_verify
S                    POST  reporting:bulletin_open
S                    POST  reporting:bulletin_take_back
S                    POST  reporting:bulletin_answer
S                    POST  reporting:bulletin_publish
S                    POST  reporting:bulletin_correct
S                    POST  reporting:bulletin_discard
S                    GET   reporting:bulletin_pdf
S                    POST  reporting:bulletin_pdf
S                    GET   reporting:bulletin_layout
S                    POST  reporting:bulletin_layout
S                    POST  reporting:bulletin_deed
S                    GET   reporting:bulletin_part_new
S                    POST  reporting:bulletin_part_new
S                    GET   reporting:bulletin_part
S                    POST  reporting:bulletin_part
anyone               GET   reporting:bulletin_check
roles                GET   api:bulletins
S                    GET   api:bulletin
S                    POST  api:bulletin_answer
S                    GET   reporting:new_erratum
S                    POST  reporting:new_erratum
S                    GET   reporting:no_erratum
S                    POST  reporting:no_erratum
roles                GET   api:errata
S                    POST  api:errata
roles                GET   api:editions
roles                GET   api:edition
roles                GET   policies:policies
roles                POST  policies:policies
A P                  GET   policies:new_policy
A P                  POST  policies:new_policy
roles                GET   policies:policy
roles                POST  policies:policy
A P                  GET   policies:rename_policy
A P                  POST  policies:rename_policy
roles                GET   policies:policy_readers
roles                POST  policies:policy_readers
A P                  POST  policies:draft_policy
roles                GET   policies:compare_policy
roles                POST  policies:compare_policy
roles                GET   policies:version
roles                POST  policies:version
A P                  GET   policies:force_policy
A P                  POST  policies:force_policy
A P                  GET   policies:withdraw_policy
A P                  POST  policies:withdraw_policy
A P                  GET   policies:discard_policy
A P                  POST  policies:discard_policy
A P                  GET   policies:new_policy_section
A P                  POST  policies:new_policy_section
A P                  GET   policies:policy_section
A P                  POST  policies:policy_section
A P                  POST  policies:move_policy_section
A P                  GET   policies:remove_policy_section
A P                  POST  policies:remove_policy_section
roles                GET   policies:mandates
roles                POST  policies:mandates
roles                GET   policies:mandate_list
roles                POST  policies:mandate_list
A P D O d S a        GET   policies:new_mandate
A P D O d S a        POST  policies:new_mandate
roles                GET   policies:mandate
roles                POST  policies:mandate
D O                  GET   policies:end_mandate
D O                  POST  policies:end_mandate
roles                GET   policies:disputes
roles                POST  policies:disputes
roles                GET   policies:dispute
roles                POST  policies:dispute
D O S                GET   policies:dispute_statement
D O S                POST  policies:dispute_statement
A P                  GET   policies:dispute_interim
A P                  POST  policies:dispute_interim
A P                  GET   policies:dispute_decision
A P                  POST  policies:dispute_decision
D O S                GET   policies:dispute_appeal
D O S                POST  policies:dispute_appeal
A P                  GET   policies:dispute_outcome
A P                  POST  policies:dispute_outcome
roles                GET   api:mandates
signed-in            GET   api:jurisdictions
signed-in            GET   api:handovers
signed-in            GET   api:place_changes
roles                GET   api:disputes
roles                GET   policies:agreements
roles                POST  policies:agreements
roles                GET   policies:alliances
roles                POST  policies:alliances
roles                GET   policies:obligations
roles                POST  policies:obligations
A P D O d S a        GET   policies:new_agreement
A P D O d S a        POST  policies:new_agreement
roles                GET   policies:agreement
roles                POST  policies:agreement
D O                  GET   policies:change_agreement
D O                  POST  policies:change_agreement
D O                  GET   policies:discard_agreement
D O                  POST  policies:discard_agreement
D O                  GET   policies:open_agreement
D O                  POST  policies:open_agreement
D O                  GET   policies:record_agreement
D O                  POST  policies:record_agreement
D O                  GET   policies:new_article
D O                  POST  policies:new_article
D O                  GET   policies:article
D O                  POST  policies:article
D O                  GET   policies:remove_article
D O                  POST  policies:remove_article
D O                  POST  policies:move_article
D O                  GET   policies:give_up_agreement
D O                  POST  policies:give_up_agreement
D O                  GET   policies:end_agreement
D O                  POST  policies:end_agreement
D O                  GET   policies:name_party
D O                  POST  policies:name_party
D O                  GET   policies:paper_signature
D O                  POST  policies:paper_signature
D O                  GET   policies:party_left
D O                  POST  policies:party_left
D O                  GET   policies:propose_amendment
D O                  POST  policies:propose_amendment
D O                  GET   policies:give_up_amendment
D O                  POST  policies:give_up_amendment
D O                  GET   policies:discard_amendment
D O                  POST  policies:discard_amendment
D O                  GET   policies:remove_obligation
D O                  POST  policies:remove_obligation
D O S                GET   policies:new_obligation
D O S                POST  policies:new_obligation
D O S                GET   policies:sign_agreement
D O S                POST  policies:sign_agreement
D O S                GET   policies:decline_agreement
D O S                POST  policies:decline_agreement
S                    GET   policies:object_to_signature
S                    POST  policies:object_to_signature
D O S                GET   policies:leave_agreement
D O S                POST  policies:leave_agreement
D O S                GET   policies:renew_agreement
D O S                POST  policies:renew_agreement
D O S                POST  policies:amend_agreement
roles                GET   policies:compare_agreement
roles                POST  policies:compare_agreement
A P D O S            GET   policies:agreement_text
A P D O S            POST  policies:agreement_text
D O S                POST  policies:consent_to_amendment
D O S                GET   policies:refuse_amendment
D O S                POST  policies:refuse_amendment
roles                GET   policies:obligation
D O S                POST  policies:obligation
roles                GET   api:agreements
roles                GET   api:agreement
A P                  GET   policies:consult
A P                  POST  policies:consult
A P                  GET   policies:change_consultation
A P                  POST  policies:change_consultation
A P D O N a R r      GET   policies:discussion
A P D O N a R r      POST  policies:discussion
D O N a              GET   policies:comment_on_policy
D O N a              POST  policies:comment_on_policy
D O N a              GET   policies:new_concern
D O N a              POST  policies:new_concern
A P D O N a R r      GET   policies:concern
A P D O N a R r      POST  policies:concern
A P                  POST  policies:answer_concern
N a                  POST  policies:settle_concern
A P                  GET   policies:new_ballot
A P                  POST  policies:new_ballot
A P D O d            GET   policies:ballot
A P D O d            POST  policies:ballot
D O d                POST  policies:vote
A P                  GET   policies:call_off_ballot
A P                  POST  policies:call_off_ballot
roles                GET   policies:acknowledgement_matrix
roles                POST  policies:acknowledgement_matrix
roles                GET   policies:facility_acknowledgements
roles                POST  policies:facility_acknowledgements
roles                GET   policies:acknowledgements
roles                POST  policies:acknowledgements
D O N n d a          GET   policies:acknowledge
D O N n d a          POST  policies:acknowledge
O N n R r            GET   policies:acknowledge_facilities
O N n R r            POST  policies:acknowledge_facilities
A P                  GET   policies:new_paper
A P                  POST  policies:new_paper
A P                  GET   policies:paper
A P                  POST  policies:paper
A P                  POST  policies:take_out_paper
A P                  GET   policies:pictures
A P                  POST  policies:pictures
A P                  GET   policies:describe_picture
A P                  POST  policies:describe_picture
A P                  POST  policies:take_out_picture
A P                  GET   policies:picture
A P                  POST  policies:picture
roles                GET   policies:compliance
roles                POST  policies:compliance
D O N n d a          GET   policies:note_compliance
D O N n d a          POST  policies:note_compliance
A P N a R r          GET   policies:evidence
A P N a R r          POST  policies:evidence
A P                  GET   policies:plan_review
A P                  POST  policies:plan_review
A P                  GET   policies:finish_review
A P                  POST  policies:finish_review
roles                GET   policies:policy_pdf
roles                POST  policies:policy_pdf
anyone               GET   policies:verify
roles                GET   policies:branding
roles                POST  policies:branding
A P                  GET   policies:new_branding
A P                  POST  policies:new_branding
roles                GET   policies:brand_version
roles                POST  policies:brand_version
roles                GET   policies:brand_file
roles                POST  policies:brand_file
roles                GET   policies:body_members
roles                POST  policies:body_members
A                    GET   policies:join_body
A                    POST  policies:join_body
A                    GET   policies:leave_body
A                    POST  policies:leave_body
A P                  GET   policies:withdraw_brand
A P                  POST  policies:withdraw_brand
anyone               GET   policies:brand_logo
roles                GET   api:branding
roles                GET   api:brand_file
roles                GET   api:members
A P D O N a R r      GET   api:policy_comments
D O N a              POST  api:policy_comments
A P D O N a R r      GET   api:policy_concerns
D O N a              POST  api:policy_concerns
roles                GET   api:policy_compliance
roles                GET   api:reviews
roles                GET   api:obligations
signed-in            GET   api:notices
roles                GET   api:policies
roles                GET   api:policy
A P                  GET   api:policy_file
roles                GET   api:ballots
roles                GET   api:acknowledgements
A P M D O N n d S a  GET   meetings:meetings
A P M D O N n d S a  POST  meetings:meetings
A P D O d S a        GET   meetings:new_meeting
A P D O d S a        POST  meetings:new_meeting
A P M D O N a        GET   meetings:meeting
A P M D O N a        POST  meetings:meeting
A P                  GET   meetings:change_meeting
A P                  POST  meetings:change_meeting
A P                  GET   meetings:call_off_meeting
A P                  POST  meetings:call_off_meeting
D O N a              POST  meetings:answer_meeting
A P                  GET   meetings:attendance
A P                  POST  meetings:attendance
A P M D O N a        GET   meetings:meeting_calendar
A P M D O N a        POST  meetings:meeting_calendar
A P                  GET   meetings:minutes
A P                  POST  meetings:minutes
A P                  GET   meetings:close_minutes
A P                  POST  meetings:close_minutes
A P                  GET   meetings:correct_minutes
A P                  POST  meetings:correct_minutes
A P M D O N n d S a  GET   meetings:decisions
A P M D O N n d S a  POST  meetings:decisions
A P                  GET   meetings:new_decision
A P                  POST  meetings:new_decision
A P                  GET   meetings:change_decision
A P                  POST  meetings:change_decision
A P M D O N n d S a  GET   meetings:action_items
A P M D O N n d S a  POST  meetings:action_items
A P M D O N a        GET   meetings:action_item
A P N a              POST  meetings:action_item
A P                  GET   meetings:new_action_item
A P                  POST  meetings:new_action_item
A P M D O N n d S a  GET   api:meetings
A P M D O N a        GET   api:meeting
A P M D O N n d S a  GET   api:decisions
A P M D O N n d S a  GET   api:action_items
roles                GET   directorates:roles
roles                POST  directorates:roles
roles                GET   directorates:agreements
roles                POST  directorates:agreements
A D O d S a          GET   directorates:agreement_offer
A D O d S a          POST  directorates:agreement_offer
P A M S              GET   directorates:agreement
P A M S              POST  directorates:agreement
A                    POST  directorates:agreement_accept
A S                  GET   directorates:agreement_end
A S                  POST  directorates:agreement_end
S                    POST  directorates:sharing_dataset
roles                GET   directorates:dataset_readers
roles                GET   directorates:borders
roles                POST  directorates:borders
A                    GET   directorates:decide_border
A                    POST  directorates:decide_border
A                    GET   directorates:end_border
A                    POST  directorates:end_border
A                    GET   directorates:organisation_state
A                    POST  directorates:organisation_state
roles                GET   places:changes
roles                POST  places:changes
A                    GET   places:rename
A                    POST  places:rename
A                    GET   places:move
A                    POST  places:move
A                    GET   places:choose_district
A                    POST  places:choose_district
A                    GET   places:district
A                    POST  places:district
A                    GET   places:merge
A                    POST  places:merge
A                    GET   places:choose
A                    POST  places:choose
A                    GET   places:split
A                    POST  places:split
roles                GET   directorates:handovers
roles                POST  directorates:handovers
D O                  GET   directorates:offer_handover
D O                  POST  directorates:offer_handover
roles                GET   directorates:handover
d                    POST  directorates:handover
D O                  POST  directorates:withdraw_handover
signed-in            GET   directorates:seals
signed-in            POST  directorates:seals
A D O d              GET   directorates:seal
A D O d              POST  directorates:seal
A D O d              GET   directorates:confirm_seal
D O d                POST  directorates:confirm_seal
nobody               GET   directorates:ask_unseal
nobody               POST  directorates:ask_unseal
A D O d              GET   directorates:unseal
A D O d              POST  directorates:unseal
A D O d              POST  directorates:withdraw_seal
A D M N O d n        GET   facilities:position_grants
A D M N O d n        POST  facilities:position_grants
A D O d              GET   facilities:position_readings
A D O d              POST  facilities:position_readings
A D N O              GET   facilities:position_grant
A D N O              POST  facilities:position_grant
A D O                POST  facilities:position_approve
A D N O              GET   facilities:position_end
A D N O              POST  facilities:position_end
N                    GET   facilities:position_read
N                    POST  facilities:position_read
D M N O d n          GET   facilities:position_ask
D M N O d n          POST  facilities:position_ask
D M N O d n          GET   facilities:position
D M N O d n          POST  facilities:position
D O                  GET   facilities:position_enter
D O                  POST  facilities:position_enter
D O                  GET   facilities:position_remove
D O                  POST  facilities:position_remove
anyone               POST  api:auth_token
signed-in            GET   api:places
signed-in            GET   api:organisations
signed-in            GET   api:facilities
A P M D O N n d S o a R GET   api:facility
signed-in            GET   api:templates
roles                GET   api:template
signed-in            GET   api:reports_due
M D O N n d S R r    GET   api:missing
M D O N n d S R r    GET   api:quality
M D O N n d S R r    GET   api:follow_ups
M D O N S R          GET   api:follow_up
N R                  POST  api:follow_up_answer
O                    POST  api:follow_up_again
O                    POST  api:follow_up_settle
M O S                POST  api:submission_ask
M O N n R r          POST  api:missing
M D O N S R          GET   api:missing_file
signed-in            GET   api:submissions
signed-in            POST  api:submissions
M D O N S R          GET   api:submission
N R                  PATCH api:submission
N R                  POST  api:submission_submit
O                    POST  api:submission_approve
O                    POST  api:submission_send_back
O                    POST  api:submission_reopen
M D O N S R          GET   api:corrections
O N R                POST  api:corrections
O                    POST  api:correction_accept
O                    POST  api:correction_refuse
N R                  POST  api:correction_withdraw
M D O N S R          GET   api:attachments
N R                  POST  api:attachments
M D O N S R          GET   api:attachment
M D O N n d S a R r  GET   api:double_reports
M D O N n S R        GET   api:double_report
O N n R              POST  api:double_propose
N n R                POST  api:double_confirm
N n R                POST  api:double_refuse
D O                  POST  api:double_arbiter
M                    POST  api:double_decide
A M D O N n d S R r  GET   api:consolidations
A M                  GET   api:consolidation_runs
A M                  GET   api:rule_records
A M D O N n d S R r  GET   api:consolidations_across
roles                GET   api:consolidations_compare
roles                GET   api:views
roles                POST  api:views
D O                  GET   api:view
A M D O N n d S R r  GET   api:consolidation_sources
anyone               GET   api_docs
"""

# Addresses that have tests of their own: signing in (`test_accounts.py`, `test_second_factor.py`, `test_sessions.py`),
# the technical administration (`test_administration.py`), and what answers every other address of the API.
ELSEWHERE = ("account_", "mfa_", "usersessions_", "admin:", "api:nothing")
