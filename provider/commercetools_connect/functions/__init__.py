"""Read-only look-ups: what a program can ask of Connect, the same in every door.

    function                 what a function is: inputs, result, and the call
    registry                 every function; a new one is one line there
    finding                  what all share: id or key, the first so many of a list, and "not found" in words
    *_details                what an object shows of itself
    get_…, list_…, search_…  one function each

A function returns what there is or raises; it never returns nothing. No result has a place for a secured value.
"""
