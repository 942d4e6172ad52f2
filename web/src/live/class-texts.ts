// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Texts of the page of one's live class, in both languages: they come with its chunk alone.

import { language } from '../lib/i18n';
import { useStore } from '../lib/store';

const th = {
  heading: 'ห้องเรียนสด',
  intro:
    'สอนสดจากคอมพิวเตอร์ (OBS Studio) หรือโทรศัพท์ (Larix Broadcaster) ผู้เรียนเห็นในหน้าแรกทันที ย้อนดูได้ และระบบเก็บเป็นบทเรียนเมื่อสอนจบ',
  title: 'ชื่อที่ผู้เรียนเห็น',
  save: 'บันทึกชื่อ',
  saved: 'บันทึกชื่อแล้ว',
  states: {
    off: 'ยังเปิดไม่ได้',
    away: 'ยังไม่มีเครื่องส่ง',
    coming: 'เครื่องส่งต่อเข้ามาแล้ว กำลังรอภาพและเสียง',
    'on-air': 'กำลังออกอากาศ',
    paused: 'เครื่องส่งหยุด รอให้กลับมา',
  } as Record<string, string>,
  rate: (text: string) => `รับอยู่ ${text}`,
  losses: (n: number) => `ข้อมูลขาดหาย ${n} ครั้ง`,
  ends: (text: string) => `ถ้าไม่กลับมาก่อน ${text} จะถือว่าจบการสอน`,
  watch: 'เปิดดูอย่างผู้เรียน',
  last: 'การสอนครั้งล่าสุด',
  making: 'กำลังทำเป็นบทเรียน',
  openLesson: 'เปิดบทเรียน',
  key: 'กุญแจส่งสัญญาณ',
  keyHelp: 'กุญแจเป็นของท่านคนเดียว ใครมีกุญแจนี้สอนในชื่อท่านได้ อย่าให้ผู้อื่นเห็น',
  noKey: 'ยังไม่มีกุญแจ',
  made: (when: string) => `สร้างเมื่อ ${when}`,
  make: 'สร้างกุญแจ',
  renew: 'สร้างกุญแจใหม่',
  confirmRenew: 'กุญแจเดิมจะใช้ไม่ได้ทันที และการสอนที่กำลังส่งด้วยกุญแจเดิมจะหยุด สร้างใหม่หรือไม่',
  withdraw: 'ยกเลิกกุญแจ',
  confirmWithdraw: 'การสอนที่กำลังออกอากาศจะจบทันที ยกเลิกกุญแจหรือไม่',
  withdrawn: 'ยกเลิกกุญแจแล้ว',
  address: 'ที่อยู่สำหรับ OBS (ช่อง Server ส่วนช่อง Stream Key เว้นว่าง)',
  server: 'ที่อยู่สำหรับ Larix หรือแอปในโทรศัพท์ (ช่อง URL)',
  streamId: 'streamid สำหรับแอปในโทรศัพท์',
  how: 'วิธีส่ง',
  steps: [
    'OBS: Settings → Stream → Service เลือก Custom แล้ววางที่อยู่ในช่อง Server เว้นช่อง Stream Key ว่าง',
    'OBS: Settings → Output ตั้ง Video Bitrate 1500 Kbps, Keyframe Interval 2 s, Audio AAC แล้วกด Start Streaming',
    'โทรศัพท์: ติดตั้ง Larix Broadcaster → Connections → New → วาง URL, SRT sender mode เลือก Caller, วาง streamid',
    'สอนจบกดหยุดในโปรแกรมส่ง หลังหนึ่งนาทีระบบปิดห้องและเก็บเป็นบทเรียน',
  ],
};

export type ClassTexts = typeof th;

const en: ClassTexts = {
  heading: 'Live class',
  intro:
    'Teach live from a computer (OBS Studio) or a phone (Larix Broadcaster). Learners see it on the first page at once and can rewind; when it ends it is kept as a lesson.',
  title: 'Title that learners see',
  save: 'Save title',
  saved: 'Title saved',
  states: {
    off: 'Not open',
    away: 'No sender yet',
    coming: 'A sender is connected; waiting for picture and sound',
    'on-air': 'On the air',
    paused: 'The sender stopped; waiting for it to come back',
  },
  rate: (text) => `Receiving ${text}`,
  losses: (n) => `${n} ${n === 1 ? 'gap' : 'gaps'} in what came`,
  ends: (text) => `The class ends at ${text} unless it is back before`,
  watch: 'Watch as learners do',
  last: 'Your last class',
  making: 'It is being made into a lesson',
  openLesson: 'Open the lesson',
  key: 'Stream key',
  keyHelp: 'The key is yours alone. Whoever has it can teach under your name: show it to nobody.',
  noKey: 'There is no key yet',
  made: (when) => `Made ${when}`,
  make: 'Make a key',
  renew: 'Make a new key',
  confirmRenew: 'The old key stops working at once, and so does a class that is sent with it. Make a new one?',
  withdraw: 'Withdraw the key',
  confirmWithdraw: 'A class that is on the air ends at once. Withdraw the key?',
  withdrawn: 'Key withdrawn',
  address: 'Address for OBS (field Server; leave Stream Key empty)',
  server: 'Address for Larix or another app on a phone (field URL)',
  streamId: 'streamid for an app on a phone',
  how: 'How to send',
  steps: [
    'OBS: Settings → Stream → Service: Custom. Paste the address into Server, leave Stream Key empty.',
    'OBS: Settings → Output: Video Bitrate 1500 Kbps, Keyframe Interval 2 s, Audio AAC. Then Start Streaming.',
    'Phone: install Larix Broadcaster → Connections → New. Paste the URL, SRT sender mode: Caller, paste the streamid.',
    'When you are done, stop in the sending program. A minute later the room closes and the class is kept as a lesson.',
  ],
};

export function useClassTexts(): ClassTexts {
  return useStore(language) === 'en' ? en : th;
}
