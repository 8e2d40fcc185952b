"""The texts of the exhibit `softmax-omitted`."""

TEXTS = {
    "title": (
        "The class without softmax, and the time it saves",
        "소프트맥스 없이 클래스 고르기, 그리고 아끼는 시간",
    ),
    "same": (
        "On {tested} images of {data} (accuracy {accuracy:.1%}) the greatest score and the greatest probability "
        "name the same class in {same:.2%} of the cases.",
        "{data} 이미지 {tested}장(정확도 {accuracy:.1%})에서 점수가 가장 큰 클래스와 확률이 가장 큰 클래스가 "
        "{same:.2%} 일치한다.",
    ),
    "many": (
        "On random scores of {least} to {most} classes ({numbers} sizes) at least {same:.3%} agree.",
        "클래스가 {least}개에서 {most}개까지 {numbers}가지인 무작위 점수에서는 적어도 {same:.3%}가 일치한다.",
    ),
    "tie": (
        "Only rounding can part them: 0.25 and the next number above it get the same probability, and argmax then "
        "takes the first.",
        "둘이 갈린다면 반올림 때문이다. 0.25와 그 바로 위의 수는 확률로 바꾸면 같은 수가 되고, 그러면 argmax는 앞의 것을 "
        "고른다.",
    ),
    "no_tie": (
        "Even 0.25 and the next number above it keep their order as probabilities here.",
        "0.25와 그 바로 위의 수조차 여기서는 확률로 바꾸어도 순서를 지킨다.",
    ),
    "time": (
        "Leaving softmax out saves {saved:.0%} of the time of this last step, and {whole:.0%} of that of a small "
        "network as a whole; the larger the network in front, the less it matters.",
        "소프트맥스를 빼면 마지막 단계에서는 시간의 {saved:.0%}, 작은 신경망 전체에서는 {whole:.0%}를 아낀다. 앞에 있는 신경망이 "
        "클수록 차이는 작아진다.",
    ),
    "picture.scores": ("scores of one image", "이미지 한 장의 점수"),
    "picture.probabilities": ("its probabilities", "그 확률"),
    "picture.class": ("class", "클래스"),
    "picture.classes": ("classes (1,000,000 scores in all)", "클래스 수 (점수는 모두 1,000,000개)"),
    "picture.time": ("time (ms)", "시간 (ms)"),
    "picture.softmax": ("softmax, then argmax", "소프트맥스 뒤 argmax"),
    "picture.plain": ("argmax alone", "argmax만"),
    "claim.omitted.says": (
        "For classification the softmax of the output layer can be left out, which saves the cost of exp.",
        "분류에서는 출력층의 소프트맥스를 생략할 수 있고, 그만큼 지수 함수 비용이 준다.",
    ),
    "claim.omitted.found": (
        "The classes agree in {same:.2%} (digits) and {same_all:.3%} (random scores); the last step is "
        "{seconds_saved:.0%} shorter, a small network as a whole {seconds_saved_network:.0%}.",
        "클래스는 숫자 이미지에서 {same:.2%}, 무작위 점수에서 {same_all:.3%} 일치한다. 마지막 단계는 {seconds_saved:.0%}, "
        "작은 신경망 전체는 {seconds_saved_network:.0%} 짧아진다.",
    ),
}
