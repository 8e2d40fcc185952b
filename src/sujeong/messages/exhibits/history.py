"""The texts of the history."""

TEXTS = {
    "year": ("year", "연도"),
    "what": ("what happened", "있었던 일"),
    "command": ("run it here", "여기서 돌려 보기"),
    "to-come": ("(to come)", "(준비 중)"),
    "neuron": (
        "McCulloch and Pitts describe a nerve cell as a switch that adds up its inputs: the first artificial neuron.",
        "매컬러와 피츠가 신경세포를 입력을 더해 켜지고 꺼지는 스위치로 나타낸다. 최초의 인공 뉴런이다.",
    ),
    "perceptron": (
        "Rosenblatt's perceptron learns its weights from examples.",
        "로젠블랫의 퍼셉트론이 예제에서 가중치를 배운다.",
    ),
    "xor": (
        "Minsky and Papert show what one layer cannot do; XOR becomes the example.",
        "민스키와 패퍼트가 층 하나로는 할 수 없는 일을 보인다. XOR가 그 대표이다.",
    ),
    "first-winter": (
        "Hopes were too high: money and interest go, the first winter.",
        "기대가 지나쳤던 탓에 연구비와 관심이 떠난다. 첫 번째 겨울이다.",
    ),
    "neocognitron": (
        "Fukushima's neocognitron: layers of cells that look at small patches, the idea of convolution.",
        "후쿠시마의 네오코그니트론: 작은 조각만 보는 세포의 층. 합성곱의 발상이다.",
    ),
    "backpropagation": (
        "Rumelhart, Hinton and Williams train hidden layers by backpropagation.",
        "루멜하트, 힌턴, 윌리엄스가 역전파로 은닉층을 학습시킨다.",
    ),
    "lenet": (
        "LeCun trains a convolutional network on handwritten digits by backpropagation; LeNet-5 follows in 1998.",
        "르쿤이 합성곱 신경망을 역전파로 학습시켜 손글씨 숫자를 읽는다. 1998년의 LeNet-5로 이어진다.",
    ),
    "second-winter": (
        "Machines are too slow and data too few; papers with 'neural network' are refused: the second winter.",
        "컴퓨터는 느리고 데이터는 적다. '신경망'이라는 말만 들어가도 논문이 거절되던 두 번째 겨울이다.",
    ),
    "rnn": (
        "Elman's recurrent network reads sequences with a memory of its own state.",
        "엘먼의 순환 신경망이 자기 상태를 기억하며 순서 있는 데이터를 읽는다.",
    ),
    "vanishing": (
        "Hochreiter finds why deep networks do not learn: the gradient vanishes on its way back.",
        "호흐라이터가 깊은 신경망이 배우지 못하는 까닭을 밝힌다. 기울기가 되돌아오는 길에 사라진다.",
    ),
    "svm": (
        "Cortes and Vapnik's support vector machine, for years the one to beat.",
        "코르테스와 바프닉의 서포트 벡터 머신. 오랫동안 넘어야 할 상대였다.",
    ),
    "lstm": (
        "Hochreiter and Schmidhuber's LSTM keeps a memory over many steps through gates.",
        "호흐라이터와 슈미트후버의 LSTM이 게이트로 긴 기억을 지킨다.",
    ),
    "dbn": (
        "Hinton's deep belief network, pre-trained layer by layer: deep networks learn again.",
        "힌턴의 심층 신뢰 신경망. 층마다 사전 학습을 하여 깊은 신경망이 다시 배우기 시작한다.",
    ),
    "imagenet": (
        "ImageNet appears; deep networks beat older methods at speech, trained on graphics cards.",
        "이미지넷이 나오고, 그래픽 카드로 학습한 심층 신경망이 음성 인식에서 옛 방법을 앞선다.",
    ),
    "xavier": (
        "Glorot and Bengio set initial weights by the number of inputs.",
        "글로로와 벤지오가 입력의 수에 맞추어 가중치의 초깃값을 정한다.",
    ),
    "relu": (
        "ReLU lets gradients through (Nair and Hinton 2010; Glorot, Bordes and Bengio 2011).",
        "ReLU가 기울기를 그대로 흘려보낸다(네어와 힌턴 2010, 글로로·보르드·벤지오 2011).",
    ),
    "alexnet": (
        "AlexNet wins the ImageNet contest by a wide margin; deep learning becomes the way.",
        "AlexNet이 이미지넷 대회에서 큰 차이로 이긴다. 딥러닝이 대세가 된다.",
    ),
    "dropout": (
        "Hinton's group switches units off at random against overfitting: dropout.",
        "힌턴의 연구진이 과적합을 막으려 뉴런을 무작위로 끈다. 드롭아웃이다.",
    ),
    "cat": (
        "A network of Google finds 'cat' in video frames that nobody labelled.",
        "구글의 신경망이 아무도 레이블을 달지 않은 영상에서 '고양이'를 찾아낸다.",
    ),
    "dqn": (
        "DQN learns Atari games by playing (Mnih et al.).",
        "DQN이 아타리 게임을 스스로 해 보며 배운다(므니흐 외).",
    ),
    "rcnn": (
        "R-CNN: proposed regions, convolutional features, classes: objects are found in images.",
        "R-CNN: 후보 영역, 합성곱 특징, 분류를 이어 이미지에서 사물을 찾는다.",
    ),
    "deepface": (
        "DeepFace tells faces apart at 97.35 %, close to people.",
        "DeepFace가 얼굴을 97.35%까지 구별한다. 사람에 가깝다.",
    ),
    "seq2seq": (
        "Encoder and decoder translate sentences (Cho et al.; Sutskever et al.); attention follows at once.",
        "인코더와 디코더가 문장을 번역한다(조경현 외, 수츠케버 외). 곧 어텐션이 뒤따른다.",
    ),
    "gan": (
        "GAN: two networks play against each other, and images come out (Goodfellow et al.).",
        "GAN: 두 신경망이 겨루면서 이미지를 만들어 낸다(굿펠로 외).",
    ),
    "vgg": (
        "VGG stacks small 3 × 3 convolutions; GoogLeNet joins several sizes side by side.",
        "VGG는 작은 3 × 3 합성곱을 겹겹이 쌓고, GoogLeNet은 여러 크기를 나란히 놓는다.",
    ),
    "adam": (
        "Adam joins momentum and a rate for each weight (Kingma and Ba).",
        "Adam이 모멘텀과 가중치별 학습률을 합친다(킹마와 바).",
    ),
    "batch-norm": (
        "Batch normalisation speeds learning up (Ioffe and Szegedy).",
        "배치 정규화가 학습을 빠르게 한다(이오페와 세게디).",
    ),
    "fcn": (
        "FCN labels every pixel in one pass; U-Net joins fine and coarse maps.",
        "FCN이 순전파 한 번으로 모든 픽셀을 분류하고, U-Net은 세밀한 지도와 거친 지도를 잇는다.",
    ),
    "style": (
        "Style transfer paints a photograph in another hand (Gatys et al.).",
        "화풍 변환이 사진을 다른 화가의 붓으로 그린다(가티스 외).",
    ),
    "resnet": (
        "ResNet: skip connections make 152 layers learn (He et al.).",
        "ResNet: 스킵 연결 덕분에 152층도 학습된다(허카이밍 외).",
    ),
    "alphago": (
        "AlphaGo beats Lee Sedol: networks for moves and chances, and a tree search.",
        "알파고가 이세돌을 이긴다. 수를 고르는 신경망, 승률을 재는 신경망, 트리 탐색을 합쳤다.",
    ),
    "densenet": (
        "DenseNet hands every layer's features on to all later ones by concatenation.",
        "DenseNet이 각 층의 특징을 이어 붙여 뒤의 모든 층에 넘긴다.",
    ),
    "transformer": (
        "The Transformer: attention alone, no recurrence (Vaswani et al.).",
        "트랜스포머: 순환 없이 어텐션만으로(바스와니 외).",
    ),
    "teachable": (
        "Teachable Machine: teaching a network in the browser without code.",
        "티처블 머신: 코드 없이 브라우저에서 신경망을 가르친다.",
    ),
    "pretraining": (
        "ELMo, ULMFiT and GPT learn language from bare text first, and the task afterwards.",
        "ELMo, ULMFiT, GPT가 먼저 글에서 언어를 배우고 나중에 과제를 배운다.",
    ),
    "bert": (
        "BERT fills in hidden words; fine-tuned, it leads at most tasks of language.",
        "BERT가 가린 낱말을 맞히며 배운다. 미세 조정하면 언어 과제 대부분에서 앞선다.",
    ),
    "gpt": (
        "GPT-2, then GPT-3 (2020): the next word as the only label, at enormous size.",
        "GPT-2와 GPT-3(2020): 다음 낱말만을 레이블로 삼아 엄청난 크기로 키운다.",
    ),
    "self-supervised": (
        "SimCLR and others learn images without labels, from the data themselves.",
        "SimCLR 등이 레이블 없이 데이터 자체에서 이미지를 배운다.",
    ),
    "diffusion": (
        "Diffusion models draw by removing noise step by step.",
        "확산 모델이 잡음을 조금씩 걷어 내며 그림을 그린다.",
    ),
    "chat": (
        "ChatGPT: large language models reach everyone.",
        "ChatGPT: 거대 언어 모델이 누구에게나 다가간다.",
    ),
    "nobel": (
        "Hopfield and Hinton receive the Nobel Prize in physics for neural networks.",
        "홉필드와 힌턴이 신경망 연구로 노벨 물리학상을 받는다.",
    ),
}
