// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Thai texts of live channels. The type of this object is the contract for every other language.

export const liveTh = {
  heading: 'ช่องสด',
  missing: 'ไม่พบช่องนี้',
  missingHelp: 'ที่อยู่อาจพิมพ์ผิด หรือช่องนี้ปิดอยู่',
  home: 'ไปหน้าแรก',
  states: {
    off: 'ปิดอยู่',
    waiting: 'กำลังเริ่ม',
    'on-air': 'ออกอากาศ',
    'no-signal': 'ไม่มีสัญญาณ',
    scrambled: 'เข้ารหัส',
    failed: 'ขัดข้อง',
  },
  now: (title: string) => `ขณะนี้: ${title}`,
  next: (time: string, title: string) => `${time} ${title}`,
  nextHeading: 'รายการถัดไป',
  noGuide: 'ไม่มีผังรายการ',
  player: 'เครื่องเล่นช่องสด',
  play: 'เล่น',
  pause: 'หยุดชั่วคราว',
  mute: 'ปิดเสียง',
  unmute: 'เปิดเสียง',
  full: 'เต็มจอ',
  unfull: 'ออกจากเต็มจอ',
  edge: 'ไปที่สด',
  atEdge: 'กำลังดูสด',
  behind: (time: string) => `กำลังดูย้อนหลัง เวลา ${time}`,
  rewind: 'เลือกเวลาที่จะดู',
  fromStart: 'ดูรายการนี้ตั้งแต่ต้น',
  windowOf: (first: string, last: string) => `ย้อนดูได้ตั้งแต่ ${first} ถึง ${last}`,
  waiting: 'กำลังรอข้อมูล…',
  retrying: 'สัญญาณอินเทอร์เน็ตขาดช่วง กำลังลองใหม่…',
  failed: 'เล่นช่องนี้ไม่ได้',
  again: 'ลองอีกครั้ง',
  unsupported: 'เบราว์เซอร์นี้เล่นช่องสดไม่ได้ ลองใช้เบราว์เซอร์รุ่นใหม่กว่า',
  overBudget: 'ใช้ข้อมูลครบงบของสัปดาห์นี้แล้ว',
  goOn: 'ดูต่อครั้งนี้',
  nothing: 'ยังไม่มีภาพให้ดู หน้านี้จะเปลี่ยนเองเมื่อมีสัญญาณ',
  quality: 'เลือกคุณภาพ',
  qualityHelp: 'ตัวเลขคือข้อมูลที่ใช้ต่อหนึ่งชั่วโมง',
  perHour: (size: string) => `${size} ต่อชั่วโมง`,
};

export type LiveTexts = typeof liveTh;
