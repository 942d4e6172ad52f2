// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The first row is for codes that nobody wrote a sentence for.
#include "server/livesentences.h"

// clang-format off
static const ServerSentencesRow rows[] = {
    {"internal",
     "ช่องนี้หยุดเพราะระบบผิดพลาด และจะลองใหม่เอง หากยังไม่หายให้ดูบันทึกของเครื่องแม่ข่าย",
     "Something went wrong with this channel. It tries again by itself; if that does not help, look at the server's log."},
    {"starting",
     "กำลังเริ่มช่องนี้ ภาพจะมาในครึ่งนาที",
     "The channel is starting. There will be a picture within half a minute."},
    {"resting",
     "ช่องนี้พักอยู่เพราะไม่มีผู้ชม เปิดดูเมื่อไรก็เริ่มใหม่เอง ภาพจะมาในไม่กี่วินาที",
     "The channel rests because nobody watches. It starts by itself when somebody does; the picture comes within some seconds."},
    {"restarting",
     "ช่องนี้สะดุดและกำลังเริ่มใหม่เอง รายการที่ออกอากาศไปแล้วยังย้อนดูได้",
     "The channel stumbled and is starting again by itself. What was on the air can still be rewound to."},
    {"no-signal",
     "ไม่มีสัญญาณจากต้นทาง ตรวจสายอากาศ สายสัญญาณ และที่อยู่ของสัญญาณ ช่องจะกลับมาเองเมื่อมีสัญญาณ",
     "No signal comes in. Check the dish, the cable and the address; the channel comes back by itself with the signal."},
    {"service-absent",
     "สัญญาณมาแล้วแต่ไม่มีช่องนี้ในนั้น ลองค้นหาช่องใหม่ สถานีอาจย้ายหรือเปลี่ยนเลขช่อง",
     "There is a signal, but this service is not in it. Scan again: the broadcaster may have moved it."},
    {"no-picture",
     "ข้อมูลเข้ามาแต่ถอดเป็นภาพหรือเสียงไม่ได้ สัญญาณอาจอ่อน ดูค่าสุขภาพของสัญญาณ",
     "Data comes in, but neither picture nor sound can be made of it. The signal may be weak: look at its health."},
    {"scrambled",
     "สถานีเข้ารหัสช่องนี้ไว้ จึงไม่มีภาพ ต้องใช้เครื่องรับที่ถอดรหัสได้ หรือเลือกช่องอื่น",
     "The broadcaster scrambles this service, so there is no picture. Use a receiver that descrambles it, or choose another service."},
    {"no-service",
     "ยังไม่ได้เลือกช่องของดาวเทียมหรือเครือข่ายให้ช่องนี้ เลือกในหน้าผู้ดูแลระบบ",
     "No service is chosen for this channel. Choose one on the administrator's page."},
    {"no-sandbox",
     "เครื่องนี้ไม่มีโปรแกรม bubblewrap จึงไม่ถอดรหัสภาพให้ ติดตั้งแล้วเริ่มระบบใหม่",
     "This machine has no working bubblewrap, so nothing is decoded. Install it and start the server again."},
    {"no-space",
     "พื้นที่ดิสก์ใกล้เต็ม ช่องนี้จึงย้อนดูได้สั้นลง เพิ่มพื้นที่หรือลดจำนวนชั่วโมงที่เก็บ",
     "The disk is nearly full, so less can be rewound. Make room, or keep fewer hours."},
    {"too-slow",
     "เครื่องแม่ข่ายแปลงภาพไม่ทัน จึงงดความละเอียดสูงไว้ก่อน และจะกลับมาเองเมื่อเครื่องว่างพอ",
     "The server cannot encode fast enough, so the highest quality is left out until it can."},
};
// clang-format on

const char *
server_livesentences_get_code(guint index)
{
    return index < G_N_ELEMENTS(rows) ? rows[index].code : NULL;
}

const char *
server_livesentences_get(const char *code, ServerSentencesLanguage language)
{
    return server_sentences_find(rows, G_N_ELEMENTS(rows), code, language);
}
