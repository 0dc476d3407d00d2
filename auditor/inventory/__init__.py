"""Reports of S3 Inventory and S3 Storage Lens, as they were downloaded, and what they say of each bucket.

``table`` reads CSV in a stream, ``listing`` (S3 Inventory) and ``lens`` (S3 Storage Lens) count what is in it, ``manifest`` says which
files belong to a report, ``files`` finds and opens them.
"""
