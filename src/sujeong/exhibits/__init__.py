"""The ideas of the subject, each shown by one short worked example: `sujeong show NAME`.

An exhibit is a file with two functions. `measure(run)` computes everything, with the public API only, and
gives its figures; `present(stage, found)` says in a few sentences what came out and draws one picture.
"""
