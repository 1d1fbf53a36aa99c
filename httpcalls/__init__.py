"""What the clients of providers have in common: one request, sent once, and what its failure proves.

errors       what can go wrong, one type per meaning      outcomes    which answer is which of them
exchange     one request and its answer, bounded          transports  the connections it runs over
json_bodies  JSON without loss, and storable
"""
