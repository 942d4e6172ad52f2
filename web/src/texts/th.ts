// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Thai texts of the learner's pages and of the frame round every page. The type of this object is the
// contract for every other language. Texts of staff pages are in staff-th.ts, so that learners do not
// carry them.

export const th = {
  brand: 'ดาวเรียน',
  tagline: 'บทเรียนสำหรับทุกคน ทุกสัญญาณ',
  skip: 'ข้ามไปยังเนื้อหา',
  loading: 'กำลังโหลด…',
  retry: 'ลองอีกครั้ง',
  close: 'ปิด',
  cancel: 'ยกเลิก',
  undo: 'เลิกทำ',
  nav: {
    label: 'เมนูหลัก',
    menu: 'เมนู',
    lessons: 'บทเรียน',
    offline: 'เก็บไว้ดู',
    upload: 'อัปโหลด',
    manage: 'บทเรียนของฉัน',
    admin: 'ผู้ดูแลระบบ',
    account: 'บัญชีของฉัน',
    login: 'เข้าสู่ระบบ',
    logout: 'ออกจากระบบ',
    language: 'English',
    languageLabel: 'Switch to English',
    toDark: 'ใช้พื้นหลังมืด',
    toLight: 'ใช้พื้นหลังสว่าง',
    settings: 'ตั้งค่าและงบข้อมูล',
    lite: 'แบบเบา ไม่ใช้สคริปต์',
  },
  errors: {
    offline: 'ติดต่อเซิร์ฟเวอร์ไม่ได้ ตรวจสอบอินเทอร์เน็ตแล้วลองอีกครั้ง',
    server: (status: number) => `เซิร์ฟเวอร์ตอบว่าผิดพลาด (${status}) โปรดลองอีกครั้งในอีกสักครู่`,
    unexpected: 'เกิดข้อผิดพลาดที่ไม่คาดคิด โปรดลองอีกครั้ง',
    heading: 'เปิดหน้านี้ไม่ได้',
    notFound: 'ไม่พบหน้านี้',
    notFoundHelp: 'ที่อยู่อาจพิมพ์ผิด หรือบทเรียนถูกนำออกแล้ว',
    home: 'ไปหน้าบทเรียน',
    chunk: 'โหลดส่วนนี้ของโปรแกรมไม่ได้ ตรวจสอบอินเทอร์เน็ตแล้วลองอีกครั้ง',
  },
  setupNeeded: 'ยังไม่มีผู้ดูแลระบบ เปิดลิงก์ครั้งเดียวที่เซิร์ฟเวอร์พิมพ์ไว้ตอนเริ่มทำงานเพื่อสร้าง',
  lesson: {
    by: (name: string) => `โดย ${name}`,
    published: (date: string) => `เผยแพร่ ${date}`,
    about: 'เกี่ยวกับบทเรียนนี้',
    noDescription: 'ไม่มีคำอธิบาย',
    preparing: 'กำลังเตรียมบทเรียนนี้',
    preparingHelp: 'หน้านี้จะเปลี่ยนเองเมื่อฟังหรือดูได้ ไม่ต้องโหลดใหม่',
    more: 'คุณภาพอื่นกำลังตามมา จะปรากฏที่นี่เองเมื่อพร้อม',
    failed: 'เตรียมบทเรียนนี้ไม่สำเร็จ',
    withdrawn: 'บทเรียนนี้ถูกนำออกแล้ว',
    withdrawnHelp: 'ติดต่อผู้สอนหากต้องการดูอีก',
    percent: (n: number) => `เสร็จแล้ว ${n}%`,
    edit: 'แก้ไขบทเรียน',
    light: 'เปิดแบบเบา',
  },
  player: {
    label: 'เครื่องเล่นบทเรียน',
    play: 'เล่น',
    slide: (n: number, all: number) => `สไลด์ ${n} จาก ${all}`,
  },
  rungs: {
    heading: 'เลือกคุณภาพ',
    help: 'ตัวเลขคือปริมาณข้อมูลที่ใช้ทั้งบทเรียน',
    name: {
      voice: 'เสียงอย่างเดียว',
      'voice-opus': 'เสียงอย่างเดียว (Opus)',
      slides: 'สไลด์กับเสียง',
      lite: 'ภาพประหยัด',
      small: 'ภาพเล็ก',
      medium: 'ภาพกลาง',
      clear: 'ภาพคม',
      large: 'ภาพใหญ่',
      auto: 'อัตโนมัติ',
    } as Record<string, string>,
    autoHelp: 'ปรับตามสัญญาณ',
    atMost: (size: string) => `ไม่เกิน ${size}`,
    cap: 'ไม่เกิน',
    over: 'เกินงบ',
    failed: 'ทำไม่สำเร็จ',
    refused: (name: string) => `เบราว์เซอร์นี้เล่น “${name}” ไม่ได้ จึงเสนอแบบอื่น`,
  },
};

export type Texts = typeof th;
