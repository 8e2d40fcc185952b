"""The texts of the exhibit `dropout-at-test`."""

TEXTS = {
    "title": (
        "Dropout is for training; at test all units take part",
        "드롭아웃은 훈련에만, 시험에는 모든 뉴런이",
    ),
    "off": (
        "A network trained on {data} with dropout {rate:.0%}. With dropout off, as it should be at test, it gets "
        "{accuracy:.1%} right, the same answers each time.",
        "드롭아웃 비율 {rate:.0%}로 학습한 신경망({data}). 시험할 때 드롭아웃을 끄면 정확도 {accuracy:.1%}이고, 몇 번을 "
        "물어도 같은 답을 낸다.",
    ),
    "on": (
        "Left on, {passes} times: between {single_low:.1%} and {single_high:.1%}, {single_mean:.1%} on the mean "
        "(off: {all_accuracy:.1%}); {wavering:.0%} of the images do not always get the same answer.",
        "켜 둔 채로 {passes}번 물으면 정확도 {single_low:.1%}~{single_high:.1%}, 평균 {single_mean:.1%}(끄면 "
        "{all_accuracy:.1%})이다. 물을 때마다 답이 한결같지 않은 이미지가 {wavering:.0%}이다.",
    ),
    "averaged": (
        "The mean of the chances over {passes} masks gets {accuracy:.1%}: one network with all units stands for "
        "the mean of many thinned ones.",
        "마스크 {passes}개의 확률을 평균하면 {accuracy:.1%}이다. 모든 뉴런을 쓰는 신경망 하나가, 뉴런을 솎아 낸 신경망 "
        "여럿의 평균을 대신하는 셈이다.",
    ),
    "sums": (
        "What the next layer adds up for the right class: {on_sum:.2f} on the mean over the masks, {off_sum:.2f} "
        "with all units. Dividing by the kept share in training keeps them equal.",
        "다음 층이 정답 클래스에 대해 더한 값: 마스크 평균 {on_sum:.2f}, 모든 뉴런으로 {off_sum:.2f}. 훈련할 때 남은 "
        "비율로 나누어 두었기 때문에 서로 맞는다.",
    ),
    "forgotten": (
        "Trained without that division, prediction must multiply by {factor}. If one forgets it, the sum is "
        "{forgotten_sum:.2f}; {forgotten_accuracy:.1%} stay right ({all_accuracy:.1%} before), but the loss is "
        "{forgotten_loss:.3f} instead of {all_loss:.3f}.",
        "나누지 않고 학습했다면 시험할 때 {factor}배 해야 한다. 이를 잊으면 그 값은 {forgotten_sum:.2f}, 정확도는 "
        "{forgotten_accuracy:.1%}(바르게 하면 {all_accuracy:.1%}), 손실은 {forgotten_loss:.3f}(바르게 하면 "
        "{all_loss:.3f})이다.",
    ),
    "passes": ("masks averaged", "평균한 마스크 수"),
    "accuracy": ("test accuracy ({data})", "시험 정확도 ({data})"),
    "sum": ("what one output adds up", "출력 뉴런 하나가 더한 값"),
    "count": ("masks", "마스크 수"),
    "picture.single": ("dropout left on: range", "켜 둔 채 한 번씩: 범위"),
    "picture.averaged": ("dropout left on: averaged", "켜 둔 채 여러 번: 평균"),
    "picture.off": ("dropout off", "드롭아웃 끔"),
    "picture.masked": ("each mask", "마스크마다"),
    "picture.mean": ("mean over the masks", "마스크 평균"),
    "picture.all": ("all units", "모든 뉴런"),
    "picture.forgotten": ("all units, factor forgotten", "모든 뉴런, 곱하기를 잊음"),
    "claim.off.says": (
        "At test dropout is switched off (tested: it gets more right than left on).",
        "시험 단계에서는 드롭아웃을 끈다(기준: 켜 둘 때보다 정확하다).",
    ),
    "claim.off.found": (
        "Off: {all_accuracy:.1%} right. Left on: {single_mean:.1%} on the mean; averaged over many masks: "
        "{averaged_accuracy:.1%}.",
        "끄면 정확도 {all_accuracy:.1%}, 켜 두면 평균 {single_mean:.1%}, 여러 마스크의 확률을 평균하면 "
        "{averaged_accuracy:.1%}이다.",
    ),
}
