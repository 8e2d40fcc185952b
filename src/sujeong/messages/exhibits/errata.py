"""The texts of the errata."""

TEXTS = {
    "title": ("Slips in the notes, checked by running them", "노트의 실수, 돌려서 확인하다"),
    "lead": (
        "Everyone slips. Each point below was checked by computing it; `sujeong errata` does it again.",
        "누구나 실수한다. 아래는 모두 직접 계산해서 확인한 것이며, `sujeong errata`로 다시 확인할 수 있다.",
    ),
    "dot.says": (
        "The deck prints a matrix product that does not belong to its two matrices.",
        "강의 자료에 찍힌 행렬 곱은 그 두 행렬의 곱이 아니다.",
    ),
    "dot.found": ("Both rows are {row}.", "두 행 모두 {row}이다."),
    "thrice.says": (
        "Applying f(x) = cx three times is said to give c times 3x.",
        "f(x) = cx를 세 번 거치면 c에 3x를 곱한 것이 된다고 적혀 있다.",
    ),
    "thrice.found": (
        "It gives c³x: with c = {c:g} and x = {x:g} that is {thrice:g}, not {printed:g}. The point stands: it is "
        "one linear layer.",
        "실제로는 c³x이다. c = {c:g}, x = {x:g}이면 {printed:g}이 아니라 {thrice:g}이다. 선형 층 하나와 같다는 "
        "요지는 그대로 옳다.",
    ),
    "share.says": (
        "320 and 324 right out of 1000 are both called 32 %.",
        "1000개 가운데 320개를 맞힌 것과 324개를 맞힌 것을 모두 32%라고 한다.",
    ),
    "share.found": (
        "They are {first:.1%} and {second:.1%}. What is true is that accuracy moves in steps of 0.1 %, and "
        "between the steps its slope is zero.",
        "각각 {first:.1%}와 {second:.1%}이다. 정확도는 0.1%씩 계단처럼 변하고 계단 위에서는 기울기가 0이라는 점은 "
        "옳다.",
    ),
}
