# The list: views, filters, rows, search.
