"""A client of VIES, where the EU's tax offices say whether a VAT id is one: the REST API of „VIES on the Web“.

`client.ViesClient.check` asks one number; `answers` is what comes back, `errors` what goes wrong instead. An answer is
yes or no; that a state's register is away is neither. Imports nothing of ours.
"""
