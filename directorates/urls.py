"""Addresses of people: one's account, whom one acts as, invitations, and the people one manages."""

from django.urls import include, path

from directorates.views import (
    account,
    acting,
    deputies,
    factor_resets,
    feeds,
    invitations,
    notices,
    offers,
    people,
    readers,
    record,
    roles,
    seals,
    sessions,
    sharing,
)

named = [
    path("account/keys/<slug:key>/end/", account.end_key, name="end_key"),
    path("account/keys/", account.make_key, name="make_key"),
    path("account/sessions/end/", sessions.end_others, name="end_other_sessions"),
    path("account/sessions/<int:pk>/end/", sessions.end, name="end_session"),
    path("account/feed/", feeds.feed, name="feed"),
    path("account/feed/end/", feeds.end, name="end_feed"),
    path("account/notices/", notices.choices, name="notice_choices"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read, name="read_notices"),
    path("record/", record.record, name="record"),
    path("record/head/", record.record_head, name="record_head"),
    path("record/witnesses/", record.new_witness, name="new_witness"),
    path("record/witnesses/<int:pk>/end/", record.no_witness, name="no_witness"),
    path("seals/", seals.seals, name="seals"),
    path("seals/new/", seals.seal, name="seal"),
    path("seals/<int:pk>/confirm/", seals.confirm, name="confirm_seal"),
    path("seals/<int:pk>/lift/", seals.ask_unseal, name="ask_unseal"),
    path("seals/<int:pk>/lift/confirm/", seals.unseal, name="unseal"),
    path("seals/<int:pk>/withdraw/", seals.withdraw, name="withdraw_seal"),
    path("sharing/", sharing.agreements, name="agreements"),
    path("sharing/offer/", sharing.offer, name="agreement_offer"),
    path("sharing/<int:pk>/", sharing.agreement, name="agreement"),
    path("sharing/<int:pk>/accept/", sharing.accept, name="agreement_accept"),
    path("sharing/<int:pk>/end/", sharing.end, name="agreement_end"),
    path("sharing/data/<slug:code>/", sharing.dataset, name="sharing_dataset"),
    path("sharing/data/<slug:code>/readers/", readers.dataset, name="dataset_readers"),
    path("people/roles/<int:pk>/deputies/", deputies.deputies, name="deputies"),
    path("people/deputies/<int:pk>/decide/", deputies.decide, name="decide_deputy"),
    path("people/deputies/<int:pk>/end/", deputies.end, name="end_deputyship"),
    path("invitations/", invitations.accept, name="join"),
    path("invitations/<slug:secret>/", invitations.invitation, name="invitation"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite_someone, name="invite"),
    path("people/invited/", people.invited, name="invited"),
    path("people/roles/", roles.roles, name="roles"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/second-step/", factor_resets.ask, name="ask_factor_reset"),
    path("people/second-steps/find/", factor_resets.find, name="find_factor_reset"),
    path("people/second-steps/<int:pk>/", factor_resets.decide, name="decide_factor_reset"),
    path("people/offers/<int:pk>/", offers.decide, name="decide_offer"),
    path("people/roles/<int:pk>/end/", people.end_role, name="end_role"),
    path("people/invitations/<int:pk>/withdraw/", invitations.withdraw, name="withdraw"),
]

urlpatterns = [
    path("act-as/", acting.act_as, name="act_as"),
    path("account/", account.account, name="account"),
    # Before allauth's, which would let everybody change it, unproved and unrecorded.
    path("accounts/email/", account.email, name="account_email"),
    # allauth's own, and the browser is told to forget.
    path("accounts/logout/", account.sign_out, name="account_logout"),
    # allauth's own list of sessions: ours stands on the account page.
    path("accounts/sessions/", account.to_account, name="usersessions_list"),
    path("", include((named, "directorates"))),
]
