// 페이지의 모든 문구, 한국어. AWS 용어는 AWS 한국어 설명서를 따릅니다.

import { count } from "../format.ts";
import type { Words } from "./en.ts";
import { failures } from "./ko-failures.ts";
import { fields, values } from "./ko-fields.ts";

const bytes = (value: number): string => `${count(value)}바이트`;

export const ko: Words = {
  bytes,
  span: (first, last) =>
    first === last ? `${count(first)}번 바이트` : `${count(first)}–${count(last)}번 바이트`,

  page: {
    language: "ko",
    title: "bongtu 봉투: KMS 키로 파일 봉인하기",
    description: "AWS KMS 키의 퍼블릭 키로 이 탭에서 오프라인으로 파일을 봉인합니다.",
    skip: "단계로 바로 가기",
    other: "English",
    otherLanguage: "en",
    dark: "어두운 테마",
    light: "밝은 테마",
    heading: "봉인은 이 탭에서, 열기는 KMS로만.",
    lede: "이 페이지가 가진 것은 AWS KMS 키의 퍼블릭 키뿐이고, 자격 증명은 없습니다. 네트워크가 끊겨 있어도 AWS의 암호화 클라이언트가 열 수 있는 형식으로 파일을 봉인합니다. 프라이빗 키는 KMS 밖으로 나오지 않습니다.",
    from: "발신",
    sender: "자격 증명 없는 이 탭",
    to: "수신",
    steps: "단계",
    footer:
      "여기서 KMS와 S3는 이 컴퓨터에서 실행되는 에뮬레이터 ministack이며, 페이지는 그 밖의 어디와도 통신하지 않습니다. 봉인된 결과는 실제 AWS 서비스와 SDK가 저장하고 여는 것과 같습니다.",
    code: "여기서 실행된 코드",
    codeToOpen: "백엔드에서 실행된 코드",
  },

  steps: {
    key: "1 단계, 키",
    file: "2 단계, 파일",
    seal: "3 단계, 봉인",
    bytes: "4 단계, 바이트",
    store: "5 단계, 저장",
    open: "6 단계, 열기",
  },
  states: { waiting: "", ready: "", done: ", 완료", failed: ", 실패" },

  key: {
    title: "퍼블릭 키",
    lede: "KMS에서 `GetPublicKey`로 내보낸 키입니다. 페이지나 스크립트, 안내문에 실어도 됩니다. 비밀은 아니지만, 올바른 키인지는 확인해야 합니다.",
    waiting: "백엔드에 키를 요청하는 중입니다 …",
    kind: "종류",
    or: " 또는 ",
    arn: "키 ARN",
    fingerprint: "지문",
    pinned:
      "고정됨: 지금 연 주소에 터미널이 출력한 지문이 들어 있습니다. 다른 키였다면 거부했을 것입니다.",
    can: "이 키로 할 수 있는 일",
    canSeal: "오프라인에서, 누구의 허락도 없이 얼마든지 봉인할 수 있습니다",
    canCheck: "전달받은 키가 맞는지 지문으로 확인할 수 있습니다",
    cannot: "할 수 없는 일",
    cannotOpen: "아무것도 열 수 없습니다. 방금 직접 봉인한 것도 마찬가지입니다",
    cannotSign: "누가 봉인했는지 증명할 수 없습니다. 이 키가 있으면 누구나 봉인할 수 있습니다",
    exported: "내보낸 그대로 보기",
    done: "퍼블릭 키를 받았습니다.",
  },

  file: {
    title: "파일",
    lede: "마지막에 파일 전체를 메모리에서 비교하므로 이 페이지에서는 512 MiB까지만 받습니다. 봉인 자체는 스트리밍이라 이런 제한이 없습니다.",
    waiting: "먼저 키가 필요합니다.",
    choose: "파일 선택",
    drop: "또는 여기에 끌어다 놓기",
    sample: "예제 그림 사용",
    picture: "선택한 그림",
    done: (name, size) => `${name}(${size}) 파일을 봉인할 준비가 되었습니다.`,
  },

  target: {
    legend: "봉인 형식",
    message: "메시지",
    messageNote: "AWS Encryption SDK. 스트리밍되는 프레임과 여기에 결속된 암호화 컨텍스트.",
    object: "S3 객체",
    objectNote:
      "S3 Encryption Client V3. 본문은 원본보다 태그만큼만 길고, 래핑된 키는 객체 메타데이터에 둡니다.",
    customerKey: "키만 봉인 (SSE-C)",
    customerKeyNote:
      "파일은 그대로 S3에 보내고, S3는 함께 받은 키로 암호화한 뒤 그 키를 버립니다. 봉인하는 것은 그 키입니다.",
  },

  seal: {
    title: "봉인하기",
    ledeMessage:
      "새로 만든 데이터 키로 파일을 프레임 단위로 암호화하고, 그 데이터 키를 퍼블릭 키로 래핑합니다. 서버에는 아무것도 묻지 않으니 네트워크를 먼저 꺼 보셔도 됩니다.",
    ledeObject:
      "새로 만든 데이터 키로 파일 전체를 하나의 AES-GCM 메시지로, 청크 단위로 암호화하고, 그 데이터 키를 퍼블릭 키로 래핑합니다. 서버에는 아무것도 묻지 않으니 네트워크를 먼저 꺼 보셔도 됩니다.",
    ledeCustomerKey:
      "파일은 이 탭에서 전혀 암호화되지 않습니다. 32바이트 고객 키를 새로 만들어, 버킷 하나와 객체 하나에 묶어 퍼블릭 키로 봉인합니다. 파일은 S3가 받을 때 암호화합니다. 즉 S3는 파일과 키를 모두 보게 됩니다. 보여서는 안 된다면 다른 두 형식을 고르세요.",
    waiting: "먼저 파일이 필요합니다.",
    start: "봉인",
    again: "다시 봉인",
    cancel: "취소",
    progress: "봉인하는 중",
    online: "네트워크 켜짐",
    offline: "네트워크 꺼짐",
    speed: "속도",
    time: "시간",
    keySize: "봉인된 키",
    growth: "늘어난 크기",
    requests: "봉인 중 요청",
    none: "없음",
    ledgerQuiet: (from, to) =>
      `봉인은 ${from}부터 ${to}까지 진행되었습니다. 지금까지 이 페이지가 보낸 모든 요청`,
    ledgerBusy: (from, to) => `${from}부터 ${to}까지의 요청`,
    at: "시각",
    seenBy: "감지 방법",
    address: "주소",
    sightings: {
      timing: "리소스 타이밍",
      fetch: "fetch",
      XMLHttpRequest: "XMLHttpRequest",
      sendBeacon: "sendBeacon",
      policy: "보안 정책",
    },
    busy: (name) => `${name} 파일을 봉인하는 중입니다.`,
    done: (time) => `${time} 만에 봉인했습니다.`,
  },

  anatomy: {
    title: "봉투 해부도",
    ledeMessage:
      "AWS Encryption SDK 메시지는 헤더 하나와 그 뒤에 이어지는 프레임으로 이루어집니다. `inspect()`는 키 없이도 이 구조를 읽습니다. 바이트를 가리키거나 화살표 키로 목록을 따라가 보세요.",
    ledeObject:
      "S3 Encryption Client 객체는 메타데이터 값 몇 개(여기서는 디코딩해서 표시)와, 사이퍼텍스트에 태그 하나가 붙은 본문으로 이루어집니다. `inspect()`는 키 없이도 메타데이터를 읽습니다. 바이트를 가리키거나 화살표 키로 목록을 따라가 보세요.",
    ledeCustomerKey:
      "봉인된 고객 키입니다. 프레임 하나로 된 AWS Encryption SDK 메시지이며, 암호화 컨텍스트에 버킷과 객체가 적혀 있습니다. `inspect()`는 키 없이도 이 구조를 읽습니다. 바이트를 가리키거나 화살표 키로 목록을 따라가 보세요.",
    waiting: "먼저 봉인된 파일이 필요합니다.",
    nth: (piece, of) => `${count(of)}개 중 ${count(piece)}번째`,
    message: {
      head: (length, share) => `헤더: ${bytes(length)}, 메시지의 ${share}`,
      headLegend: "헤더의 필드",
      body: (pieces, size, last) =>
        pieces === 1
          ? `본문: 마지막 프레임 하나, ${bytes(last)}`
          : `본문: ${size} 프레임 ${count(pieces)}개, 마지막 프레임은 ${bytes(last)}`,
      piece: "프레임",
      pieceLegend: (piece, isLast) => `프레임 ${count(piece)}의 구성${isLast ? " (마지막)" : ""}`,
      done: (length, pieces) => `헤더 ${bytes(length)}, 프레임 ${count(pieces)}개입니다.`,
      groups: { head: "헤더", first: "첫 프레임", last: "마지막 프레임" },
    },
    object: {
      head: (length, share) => `메타데이터: 디코딩하면 ${bytes(length)}, 전체의 ${share}`,
      headLegend: "메타데이터의 값",
      body: (pieces, size, last) =>
        pieces === 1
          ? `본문: ${bytes(last)} 청크 하나와 태그`
          : `본문: ${size} 청크 ${count(pieces)}개(마지막 청크는 ${bytes(last)})와 태그 하나`,
      piece: "청크",
      pieceLegend: (piece, isLast) => `청크 ${count(piece)}${isLast ? " (마지막)" : ""}`,
      done: (length, pieces) => `메타데이터 ${bytes(length)}, 청크 ${count(pieces)}개입니다.`,
      groups: { head: "메타데이터", first: "첫 청크", last: "본문 끝" },
    },
    fields,
    values,
    chunk: {
      title: "사이퍼텍스트",
      meaning: (first, last) =>
        `일반 텍스트와 길이가 같습니다. 하나의 AES-GCM 메시지 중 카운터 블록 ${count(first)}–${count(last)}번`,
    },
  },

  store: {
    title: "S3에 저장하기",
    ledeMessage:
      "백엔드는 페이지가 요청한 헤더를 검사한 뒤, 정확히 이 크기이고 아무것도 덮어쓰지 않는 업로드 한 번만 허용하는 미리 서명된 URL을 만들고, 봉인된 바이트는 페이지가 직접 올립니다. S3에는 이를 열 수 있는 것이 전혀 전달되지 않습니다.",
    ledeObject:
      "백엔드는 페이지가 요청한 헤더를 검사한 뒤, 정확히 이 크기와 이 메타데이터로 되어 있고 아무것도 덮어쓰지 않는 업로드 한 번만 허용하는 미리 서명된 URL을 만들고, 봉인된 바이트는 페이지가 직접 올립니다. S3에는 이를 열 수 있는 것이 전혀 전달되지 않습니다.",
    ledeCustomerKey:
      "업로드는 두 번입니다. 먼저 봉인된 키를 파일이 놓일 자리 옆에, 그다음 파일을 SSE-C 헤더 세 개와 함께 올립니다. S3는 파일과 헤더 속 키를 보고, 헤더에 서명하는 백엔드도 키를 봅니다. S3는 그 키를 보관하지 않으며, 키 없이 되돌릴 방법도 없습니다. 2026년 4월부터 새 버킷은 PutBucketEncryption으로 허용하기 전에는 SSE-C를 거부합니다.",
    waiting: "먼저 봉인된 파일이 필요합니다.",
    start: "업로드",
    again: "다시 업로드",
    once: "업로드했습니다. 더 올리려면 다시 봉인하세요",
    cancel: "취소",
    progress: "업로드하는 중",
    sent: "실제로 보내는 요청",
    result: "S3에 저장된 객체",
    encryption: "암호화",
    withCustomerKey: "SSE-C, AES256, 키의 MD5는 다음과 같습니다",
    sealedKey: "봉인된 키",
    object: "객체",
    size: "크기",
    type: "콘텐츠 유형",
    etag: "ETag",
    modified: "마지막 수정",
    metadata: "메타데이터",
    noMetadata: "없음: 파일의 이름도 유형도 남지 않습니다",
    start64: "첫 바이트",
    same: "이 탭에 있는 것과 같습니다.",
    notSame: "이 탭에 있는 것과 다릅니다.",
    busy: "업로드하는 중입니다.",
    done: "저장했습니다.",
  },

  open: {
    title: "KMS로 열기",
    ledeMessage:
      "`kms:Decrypt`를 호출할 수 있는 백엔드에서 엽니다. KMS는 데이터 키의 래핑만 풀 뿐 파일은 보지 못합니다. 실제 AWS에서는 이 호출이 CloudTrail에 기록됩니다.",
    ledeObject:
      "`kms:Decrypt`를 호출할 수 있는 백엔드에서 엽니다. KMS는 데이터 키의 래핑만 풀 뿐 파일은 보지 못합니다. 실제 AWS에서는 이 호출이 CloudTrail에 기록됩니다. 본문은 두 번 읽습니다. 전체를 검증한 뒤에야 내보내기 시작합니다.",
    ledeCustomerKey:
      "`kms:Decrypt`를 호출할 수 있는 백엔드에서 엽니다. 봉인된 키를 내려받아 KMS로 열고, 그 키로 S3에 객체를 요청하면 S3가 복호화합니다. 크기를 알아보는 데(HEAD)에도 키가 필요합니다.",
    waiting: "먼저 저장된 객체가 필요합니다.",
    start: "열기",
    save: (name) => `${name} 저장`,
    progress: "여는 중",
    same: "모든 바이트가 같습니다",
    notSame: "다릅니다",
    speed: (size, time) => `${size}, ${time}`,
    calls: (calls) => `KMS 호출 ${count(calls)}회`,
    call: (algorithm, input, output, time) =>
      `Decrypt, ${algorithm}: 입력 ${bytes(input)}, 출력 ${bytes(output)}, ${time}`,
    form: "형식",
    forms: {
      message: (suite) => `AWS Encryption SDK 메시지, 알고리즘 제품군 ${suite}`,
      object: (format) => `S3 Encryption Client 객체, ${format.toUpperCase()}`,
      customerKey: (algorithm) =>
        `SSE-C 객체, ${algorithm}. 키는 AWS Encryption SDK 메시지로 봉인되어 있었습니다`,
    },
    committed: "키 커밋이 검증되었습니다.",
    before: "봉인 전 SHA-256",
    after: "연 뒤 SHA-256",
    picture: "열린 그림",
    busy: "여는 중입니다.",
    done: (name) => `열었습니다. ${name} 파일은 모든 바이트가 원본과 같습니다.`,
  },

  tamper: {
    title: "스토리지를 믿을 수 없다면?",
    lede: "스토리지가 내보내는 데이터에서 원하는 곳의 비트 하나를 바꿔 보세요.",
    where: "바꿀 비트의 위치",
    start: "바꾸고 열기",
    released: (length) => `내보낸 데이터: ${bytes(length)}.`,
    opened: "열림",
    unnoticed: "아무도 알아채지 못했습니다.",
    fileGroup: "봉인되지 않은 파일",
    file: "S3가 복호화한 파일",
  },

  withoutKey: {
    title: "키가 없다면?",
    lede: "백엔드에는 버킷 소유자의 자격 증명이 있습니다. 그것만으로는 부족합니다.",
    start: "키 없이 S3에 객체 요청하기",
    none: "키 없이 요청",
    other: "다른 키로 요청",
  },

  request: {
    titles: {
      message: "메시지",
      object: "객체",
      sealedKey: "봉인된 고객 키",
      file: "S3가 암호화할 파일",
    },
    copy: "URL 복사",
    copied: "복사했습니다",
    signed: "서명됨",
    notSigned: "서명되지 않음",
    byBrowser: "브라우저가 설정",
    secret: (length) => `base64로 된 키 ${length}자, 표시하지 않음`,
    body: (size) =>
      `본문: ${bytes(size)}. 길이는 서명되지만 내용은 서명되지 않습니다(UNSIGNED-PAYLOAD). 브라우저가 Origin 같은 헤더를 더 붙이지만 모두 서명되지 않습니다.`,
  },

  big: {
    title: "큰 파일과 닫히는 탭",
    link: "큰 파일은 탭을 닫아도 이어집니다",
    left: "이어서 업로드할 파일이 있습니다",
    lede: "먼저 이 브라우저의 자체 저장소에 봉인해 두고(저장되는 것은 사이퍼텍스트뿐입니다), 거기에서 파트로 나누어 업로드합니다. 도중에 탭이나 브라우저를 닫아도 됩니다. 이 페이지를 다시 열면 남은 파트부터 이어지며, 원본 파일은 더 이상 필요하지 않습니다.",
    choose: "1 GiB까지의 파일 선택",
    sample: "200 MiB 파일 만들기",
    slow: "느린 회선: 이 페이지가 파트를 늦춰 모두 합해 초당 8 MB로 보냅니다",
    progress: "진행률",
    sealing: (share) => `이 브라우저의 저장소에 봉인하는 중: ${share}`,
    uploading: "파트로 나누어 업로드하는 중입니다.",
    sent: (parts, of, sent, size) =>
      `파트 ${count(of)}개 중 ${count(parts)}개가 S3에 있음, ${size} 중 ${sent}`,
    offline: "네트워크를 기다리며 다시 시도하는 중입니다.",
    retrying: "파트 하나를 보내지 못해 다시 시도하는 중입니다.",
    earlier: (parts) => `이 페이지를 열기 전에 보낸 파트 ${count(parts)}개`,
    now: (parts) => `이 페이지에서 보낸 파트 ${count(parts)}개`,
    hint: "이제 이 탭을 닫아 보세요. 그런 다음 닫은 탭 다시 열기(Ctrl+Shift+T, ⌘⇧T)나 터미널의 주소로 다시 여세요.",
    pause: "일시 중지",
    cancel: "취소",
    goOn: "이어서 업로드",
    discard: "버리기",
    paused: "이어서 업로드할 수 있습니다.",
    discarded: "여기와 S3에서 모두 버렸습니다.",
    verifying: "모든 파트가 S3에 있습니다. 백엔드가 KMS로 메시지를 여는 중입니다.",
    done: "업로드했고, 이 브라우저의 저장소에서는 삭제했습니다.",
    opened: "KMS로 열어 확인",
  },

  failures,
};
