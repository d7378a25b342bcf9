"""The page `/__admin/`: what is in this emulator, for people, with the few controls that a person reaches for.

Server-rendered, without scripts and without anything from elsewhere. What a program sets, it sets by the JSON
calls of `admin`.
"""
