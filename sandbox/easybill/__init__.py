"""A local easybill: its REST API, its webhooks, and a page for what a person does there.

Written from the README of the API and its models; it shares no code with the client `easybill/`.
"""
