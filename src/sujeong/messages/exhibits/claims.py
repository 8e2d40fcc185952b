"""The texts around the ledger of claims."""

TEXTS = {
    "title": ("What the notes claim, tested", "노트의 주장을 돌려서 확인하다"),
    "lead": (
        "Each sentence is put in our words, with a few of the notes' own. Its exhibit was run with {seeds} "
        "seeds, and the figures are means over them. *Holds*: with every seed; *does not*: with none. Nothing was "
        "tuned towards an answer. `sujeong claims --out docs` makes the page again.",
        "문장마다 뜻을 풀어 쓰고 노트의 낱말 몇 개를 곁들였다. 해당 전시를 시드 {seeds}개로 돌렸고, 수치는 그 "
        "평균이다. *맞다*는 모든 시드에서, *아니다*는 어느 시드에서도 그렇지 않다는 뜻이다. 답에 맞추어 조정한 "
        "것은 없다. `sujeong claims --out docs`로 이 페이지를 다시 만든다.",
    ),
    "begin": ("{name}, seed {seed} ...", "{name}, 시드 {seed} ..."),
    "claim": ("the sentence", "문장"),
    "found": ("what was measured", "측정한 것"),
    "outcome": ("verdict", "판정"),
    "exhibit": ("run it", "돌려 보기"),
    "holds": ("holds", "맞다"),
    "partly": ("partly", "일부만 맞다"),
    "fails": ("does not", "아니다"),
    "source.article": ("article", "백과 문서"),
    "source.book": ("book notes", "책 노트"),
    "source.camp": ("boot camp", "부트캠프 노트"),
    "source.deck": ("Keras deck", "케라스 강의 자료"),
}
