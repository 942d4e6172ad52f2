// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Texts of the administrator's page of channels, in both languages: they come with its chunk alone.

import { language } from '../lib/i18n';
import { useStore } from '../lib/store';

const th = {
  none: 'ยังไม่มีช่องสด',
  noneHelp: 'เพิ่มแหล่งสัญญาณและค้นหาช่องก่อน แล้วเลือกช่องที่จะให้โรงเรียนดูได้ที่นี่',
  add: 'เพิ่มช่องสด',
  name: 'ชื่อช่อง',
  slug: 'ชื่อในที่อยู่เว็บ',
  slugHelp: 'ตัวอักษร a ถึง z ตัวเลข และขีดกลาง เช่น dltv-1',
  service: 'ช่องต้นทาง',
  noService: 'ยังไม่เลือก',
  scrambled: (name: string) => `${name} (เข้ารหัส)`,
  rungs: 'คุณภาพ',
  ladders: {
    'voice small medium': 'เสียง เล็ก กลาง',
    'voice small': 'เสียง เล็ก',
    'voice small medium large': 'เสียง เล็ก กลาง ใหญ่',
    voice: 'เสียงอย่างเดียว',
  } as Record<string, string>,
  rungNames: { small: 'เล็ก', medium: 'กลาง', large: 'ใหญ่' } as Record<string, string>,
  subtitles: 'ฝังคำบรรยายแบบภาพ (DVB) ลงในภาพ',
  noSubtitles: 'ไม่ฝัง',
  subtitleRung: 'ฝังในคุณภาพใด',
  lowestRung: 'ภาพที่เล็กที่สุด',
  hours: 'ย้อนดูได้กี่ชั่วโมง',
  gigabytes: 'ใช้ดิสก์ไม่เกินกี่ GB',
  rest: 'เมื่อไม่มีผู้ชม',
  restHelp:
    'ช่องที่พักไม่ใช้เครื่องแปลงภาพและตัวรับสัญญาณ แต่ย้อนดูช่วงที่พักไม่ได้ และภาพแรกมาช้าไม่กี่วินาที การอัดรายการไม่ขาดหาย',
  restAfter: (minutes: number) => (minutes === 0 ? 'ทำงานตลอดเวลา' : `พักหลังไม่มีผู้ชม ${minutes} นาที`),
  create: 'สร้างช่อง',
  created: (name: string) => `สร้างช่อง “${name}” แล้ว`,
  save: 'บันทึก',
  saved: (name: string) => `บันทึกช่อง “${name}” แล้ว`,
  edit: (name: string) => `ตั้งค่าช่อง “${name}”`,
  turnOn: 'เปิดช่อง',
  turnOff: 'ปิดช่อง',
  remove: 'ลบช่อง',
  confirmRemove: (name: string) => `ลบช่อง “${name}” พร้อมรายการที่ย้อนดูได้ทั้งหมดหรือไม่`,
  removed: (name: string) => `ลบช่อง “${name}” แล้ว`,
  facts: (used: string, limit: string) => `ใช้ดิสก์ ${used} จาก ${limit}`,
  speed: (percent: number) => `ความเร็วแปลงภาพ ${percent}%`,
  restarts: (n: number) => `เริ่มใหม่ ${n} ครั้ง`,
  dropped: (names: string) => `งดไว้ก่อน: ${names}`,
};

type AdminTexts = typeof th;

const en: AdminTexts = {
  none: 'There is no live channel yet',
  noneHelp: 'Add a source and scan it first; then choose here what schools can watch.',
  add: 'Add a live channel',
  name: 'Name',
  slug: 'Name in addresses',
  slugHelp: 'Letters a to z, digits and dashes, like dltv-1.',
  service: 'Service',
  noService: 'none yet',
  scrambled: (name) => `${name} (scrambled)`,
  rungs: 'Qualities',
  ladders: {
    'voice small medium': 'voice, small, medium',
    'voice small': 'voice, small',
    'voice small medium large': 'voice, small, medium, large',
    voice: 'voice alone',
  },
  rungNames: { small: 'small', medium: 'medium', large: 'large' },
  subtitles: 'Draw DVB bitmap subtitles into pictures',
  noSubtitles: 'none',
  subtitleRung: 'In which quality',
  lowestRung: 'the smallest picture',
  hours: 'Hours to rewind',
  gigabytes: 'Disk at most, GB',
  rest: 'When nobody watches',
  restHelp:
    'A channel that rests needs no encoder and no tuner; but what nobody watched cannot be rewound to, and the first picture takes some seconds. Recordings miss nothing.',
  restAfter: (minutes) => (minutes === 0 ? 'runs all the time' : `rests after ${minutes} minutes without a viewer`),
  create: 'Make the channel',
  created: (name) => `“${name}” was made`,
  save: 'Save',
  saved: (name) => `“${name}” was saved`,
  edit: (name) => `Settings of “${name}”`,
  turnOn: 'Switch on',
  turnOff: 'Switch off',
  remove: 'Delete',
  confirmRemove: (name) => `Delete “${name}” with everything that can be rewound to?`,
  removed: (name) => `“${name}” was deleted`,
  facts: (used, limit) => `${used} of ${limit} on the disk`,
  speed: (percent) => `encoding speed ${percent}%`,
  restarts: (n) => `started again ${n} times`,
  dropped: (names) => `left out for now: ${names}`,
};

export function useAdminTexts(): AdminTexts {
  return useStore(language) === 'en' ? en : th;
}
