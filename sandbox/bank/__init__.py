"""A German bank of our own: takes payment files, answers, books, tells (README.md). It shares no code with the product.

initiation  a payment file, read and checked       books      what the bank keeps
bank        what it does, day by day               names      the check of the payee's name
camt        statements of ISO 20022                reports    pain.002
swift       MT940                                  calendar   the days on which it books
doors       HTTP for machines                      page       the page for people
"""
