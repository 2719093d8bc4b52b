// 봉투를 이루는 부분의 이름과 뜻, 한국어.

import type { Words } from "./en.ts";

const field = (title: string, meaning: string) => ({ title, meaning });

/** The fields of a message. */
export const fields: Words["anatomy"]["fields"] = {
  version: field("버전", "메시지 형식의 버전"),
  type: field("유형", "고객 인증 암호화 데이터"),
  suite: field("알고리즘 제품군", "암호, 키 유도, 키 커밋 방식을 정합니다"),
  messageId: field("메시지 ID", "무작위 값. 키 유도의 솔트이며 모든 프레임의 태그에 들어갑니다"),
  contextLength: field("컨텍스트 길이", "이어지는 암호화 컨텍스트의 길이"),
  context: field("암호화 컨텍스트", "누구나 읽을 수 있지만 아무도 바꿀 수 없습니다"),
  edkCount: field("데이터 키 수", "래핑을 풀 수 있는 수신자의 수"),
  providerId: field("공급자", "래핑을 풀 수 있는 키링"),
  providerInfo: field("공급자 정보", "래핑을 풀 수 있는 KMS 키"),
  ciphertext: field(
    "암호화된 데이터 키",
    "퍼블릭 키로 래핑한 데이터 키. KMS만 래핑을 풀 수 있습니다",
  ),
  contentType: field("콘텐츠 유형", "프레임 처리됨"),
  reserved: field("예약됨", "모두 0"),
  ivLength: field("IV 길이", "모든 프레임에 공통"),
  frameLength: field("프레임 길이", "마지막을 제외한 각 프레임의 일반 텍스트 바이트 수"),
  commitment: field("키 커밋", "이 메시지에 맞는 데이터 키는 세상에 하나뿐입니다"),
  headerIv: field("헤더 IV", "바로 뒤 태그에 쓰는 초기화 벡터"),
  headerTag: field("헤더 인증 태그", "앞의 모든 바이트를 인증합니다"),
  finalMark: field("마지막 프레임 표시", "마지막 프레임이 없으면 완전한 메시지가 아닙니다"),
  sequence: field("시퀀스 번호", "프레임을 바꾸거나 반복하거나 뺄 수 없게 합니다"),
  iv: field("IV", "AES-GCM에 맞춰 쓴 시퀀스 번호"),
  finalLength: field("콘텐츠 길이", "더 짧을 수 있는 마지막 프레임의 길이"),
  frame: field("사이퍼텍스트", "AES-256-GCM, 일반 텍스트와 길이가 같습니다"),
  frameTag: field("인증 태그", "이 메시지의 이 위치에 있는 이 프레임을 인증합니다"),
};

/** The metadata fields of an object. */
export const values: Words["anatomy"]["values"] = {
  "x-amz-c": field("콘텐츠 알고리즘", "0x0073의 십진수. AES-256-GCM, HKDF-SHA-512, 키 커밋"),
  "x-amz-3": field(
    "암호화된 데이터 키",
    "데이터 키와 그 용도인 알고리즘을 퍼블릭 키로 래핑한 값. KMS만 래핑을 풀 수 있습니다",
  ),
  "x-amz-w": field("래핑 알고리즘", "SHA-1을 쓰는 RSA-OAEP. KMS에서는 RSAES_OAEP_SHA_1입니다"),
  "x-amz-d": field("키 커밋", "이 객체에 맞는 데이터 키는 세상에 하나뿐입니다"),
  "x-amz-i": field("메시지 ID", "무작위 값. 콘텐츠 키와 키 커밋을 유도할 때의 솔트입니다"),
  tag: field("인증 태그", "크기와 관계없이 본문 전체를 인증합니다"),
};
