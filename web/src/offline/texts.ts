// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Texts of keeping lessons, Thai and English, in the chunk that shows them.

import { language } from '../lib/i18n';
import { useStore } from '../lib/store';
import type { CopyFault } from './database';

const th = {
  list: 'บทเรียนที่เก็บไว้',
  keep: (name: string, size: string) => `เก็บ ${name} ${size}`,
  pause: 'พักไว้',
  goOn: 'ทำต่อ',
  again: 'ลองใหม่',
  remove: 'ลบ',
  removeOf: (what: string) => `ลบ ${what}`,
  pauseOf: (what: string) => `พัก ${what}`,
  goOnOf: (what: string) => `ทำต่อ ${what}`,
  removed: (size: string) => `ลบแล้ว ได้พื้นที่คืน ${size}`,
  percent: (n: number) => `เก็บแล้ว ${n}%`,
  state: {
    queued: 'รอคิว',
    loading: 'กำลังเก็บ',
    paused: 'พักไว้',
    failed: 'เก็บไม่สำเร็จ',
    kept: 'เก็บครบแล้ว',
    bin: 'กำลังลบ',
  },
  retrying: 'สัญญาณขาด กำลังต่อใหม่ ที่เก็บแล้วไม่หาย',
  waiting: 'ใช้เน็ตครบงบประจำสัปดาห์แล้ว จะเก็บต่อเองเมื่อเพิ่มงบหรือขึ้นสัปดาห์ใหม่',
  fault: {
    space: 'พื้นที่ในเครื่องไม่พอ ลบบางบทเรียนแล้วลองใหม่',
    changed: 'บทเรียนเพิ่งเปลี่ยนที่เซิร์ฟเวอร์ ลองใหม่',
    gone: 'เซิร์ฟเวอร์ไม่มีบทเรียนแบบนี้แล้ว หรือท่านไม่มีสิทธิ์ดู',
    server: 'เก็บต่อไม่ได้ ลองใหม่อีกครั้ง',
    damaged: 'ข้อมูลที่ได้มาไม่ถูกต้อง ลองใหม่อีกครั้ง',
  } as Record<CopyFault, string>,
  budgetLeft: (size: string) => `งบเน็ตสัปดาห์นี้เหลือ ${size} ไม่พอสำหรับแบบที่ใหญ่กว่านั้น จะพักเมื่อครบงบ`,
  shared: 'ผู้ใช้เครื่องนี้ทุกคนเปิดบทเรียนที่เก็บไว้ได้',
  stay: 'เปิดหน้านี้ไว้ขณะเก็บ ถ้าปิดไป จะเก็บต่อเองเมื่อเปิดใหม่',
  ownSound: 'ฉบับที่เก็บไว้มีเฉพาะเสียงหลัก เสียงอื่นต้องฟังผ่านเน็ต',
  space: (used: string, free: string) => `ใช้พื้นที่ ${used} เหลือให้เก็บได้อีก ${free}`,
  spaceLabel: 'พื้นที่ที่ใช้',
  none: 'ยังไม่ได้เก็บบทเรียนใด',
  noneHelp: 'เปิดบทเรียนแล้วเลือก “เก็บไว้ดูไม่ใช้เน็ต”',
  browse: 'ไปหน้าบทเรียน',
  watched: (day: string) => `ดูล่าสุด ${day}`,
  neverWatched: 'ยังไม่ได้ดู',
  free: 'เพิ่มพื้นที่ว่าง',
  freeHelp: 'ลบบทเรียนที่ดูแล้ว เริ่มจากที่ดูนานที่สุดก่อน เลือกได้ว่าจะลบถึงรายการใด',
  freeConfirm: (n: number, size: string) => `ลบ ${n} รายการ ได้พื้นที่คืน ${size}`,
  freeNone: 'ยังไม่มีบทเรียนที่ดูแล้ว ลบทีละรายการข้างล่างได้',
  cancel: 'ยกเลิก',
  check: 'ตรวจว่ามีฉบับใหม่ไหม',
  checking: 'กำลังตรวจ…',
  current: 'เป็นฉบับล่าสุด',
  renewed: 'ที่เซิร์ฟเวอร์มีฉบับใหม่กว่า ฉบับที่เก็บไว้ยังดูได้',
  renew: (size: string) => `เก็บฉบับใหม่ ${size}`,
  withdrawn: 'เซิร์ฟเวอร์นำบทเรียนนี้ออกแล้ว ฉบับที่เก็บไว้ยังดูได้จนกว่าจะลบ',
  unreachable: 'ตรวจไม่ได้ตอนนี้ เพราะติดต่อเซิร์ฟเวอร์ไม่ได้',
  insecure: 'หน้านี้เปิดแบบ HTTP เบราว์เซอร์จึงไม่ยอมให้เก็บบทเรียนไว้ในตัว ดาวน์โหลดเป็นแฟ้มแล้วเปิดด้วยโปรแกรมเล่นวิดีโอได้',
  trust: 'วิธีเปิดใช้ HTTPS บนเครื่องนี้',
  files: 'ดาวน์โหลดเป็นแฟ้ม',
  storage: 'เบราว์เซอร์นี้ไม่ให้เก็บข้อมูล (อาจเป็นหน้าต่างส่วนตัว) ดาวน์โหลดเป็นแฟ้มได้',
};

export type OfflineTexts = typeof th;

const en: OfflineTexts = {
  list: 'Kept lessons',
  keep: (name, size) => `Keep ${name} ${size}`,
  pause: 'Pause',
  goOn: 'Go on',
  again: 'Try again',
  remove: 'Delete',
  removeOf: (what) => `Delete ${what}`,
  pauseOf: (what) => `Pause ${what}`,
  goOnOf: (what) => `Go on with ${what}`,
  removed: (size) => `Deleted; ${size} are free again`,
  percent: (n) => `${n}% kept`,
  state: {
    queued: 'Waiting its turn',
    loading: 'Being kept',
    paused: 'Paused',
    failed: 'Not kept',
    kept: 'Kept whole',
    bin: 'Being deleted',
  },
  retrying: 'The line is gone; trying again. What is kept stays.',
  waiting: 'This week’s data budget is used up. It goes on by itself with a larger budget or a new week.',
  fault: {
    space: 'There is not enough room on this device. Delete some lessons and try again.',
    changed: 'The lesson has just changed at the server. Try again.',
    gone: 'The server does not have this any more, or you may not see it.',
    server: 'It could not go on. Try again.',
    damaged: 'What came was not right. Try again.',
  },
  budgetLeft: (size) => `${size} of this week’s data budget are left; what is larger will pause there.`,
  shared: 'Everybody who uses this device can open kept lessons.',
  stay: 'Leave this page open meanwhile. If it is closed, keeping goes on the next time.',
  ownSound: 'A kept lesson has its main sound only. Other sounds are played over the line.',
  space: (used, free) => `${used} used, ${free} free for more`,
  spaceLabel: 'Room used',
  none: 'No lesson is kept yet',
  noneHelp: 'Open a lesson and choose “Keep for offline”.',
  browse: 'To the lessons',
  watched: (day) => `Last watched ${day}`,
  neverWatched: 'Not watched yet',
  free: 'Make room',
  freeHelp: 'Deletes watched lessons, the longest ago first. Choose how far.',
  freeConfirm: (n, size) => `Delete ${n}, which frees ${size}`,
  freeNone: 'No kept lesson was watched yet. Delete single ones below.',
  cancel: 'Cancel',
  check: 'Look for newer versions',
  checking: 'Looking…',
  current: 'This is the newest version',
  renewed: 'The server has a newer version. The kept one still plays.',
  renew: (size) => `Keep the newer one, ${size}`,
  withdrawn: 'The server has withdrawn this lesson. The kept copy plays until you delete it.',
  unreachable: 'The server cannot be reached now, so this is not known.',
  insecure:
    'This page was opened with plain HTTP, so the browser keeps no lessons. You can download files and open them with a video player.',
  trust: 'How to turn on HTTPS on this device',
  files: 'Download files',
  storage: 'This browser stores nothing (a private window, perhaps). You can download files.',
};

/** The texts of the present language, for code outside components. */
export function offlineTexts(): OfflineTexts {
  return language.get() === 'en' ? en : th;
}

export function useOfflineTexts(): OfflineTexts {
  useStore(language);
  return offlineTexts();
}
