// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One table.
#include "server/intakesentences.h"

static const ServerSentencesRow rows[] = {
    {"internal", "ตัวรับสัญญาณของระบบหยุดทำงาน ระบบจะลองใหม่เอง หากเกิดซ้ำโปรดแจ้งผู้ดูแลเครื่องแม่ข่าย",
     "The receiver stopped. It is tried again by itself; if it happens again, tell whoever looks "
     "after the server."},
    {"nothing-came",
     "เปิดที่อยู่ได้แล้ว แต่ยังไม่มีสัญญาณเข้ามา ตรวจว่าเครื่องส่งกำลังส่ง ที่อยู่และพอร์ตถูกต้อง และการ์ดเครือข่าย "
     "(?interface=)",
     "The address is open and nothing comes. Check that the sender sends, the address and port, "
     "and the network interface (?interface=)."},
    {"not-a-stream", "สิ่งที่เข้ามาไม่ใช่ MPEG transport stream ตรวจว่าเครื่องส่งตั้งเป็น MPEG-TS",
     "What comes is no MPEG transport stream. Set the sender to MPEG-TS."},
    {"no-services", "มีสัญญาณเข้ามาแต่ไม่พบช่องใด ตรวจว่าเลือกความถี่หรือที่อยู่ถูกต้อง แล้วสแกนใหม่",
     "There is a stream but no service in it. Check frequency or address, then scan again."},
    {"no-signal", "ตัวรับสัญญาณไม่พบสัญญาณ ตรวจความถี่ ขั้ว อัตราสัญลักษณ์ จาน หัวรับ (LNB) และสาย",
     "The tuner finds no signal. Check frequency, polarisation, symbol rate, dish, LNB and cable."},
    {"address", "ที่อยู่นี้เขียนไม่ถูกต้อง ดูตัวอย่างแล้วแก้ไข",
     "This address is not written right. Compare it with the examples and correct it."},
    {"unsupported", "ระบบรุ่นนี้ยังเปิดที่อยู่ชนิดนี้ไม่ได้ ใช้ udp: rtp: srt: http: satip: dvb: หรือ file:",
     "This kind of address cannot be opened yet. Use udp:, rtp:, srt:, http:, satip:, dvb: or "
     "file:."},
    {"srt-passphrase",
     "รหัสผ่าน (passphrase) ของ SRT ไม่ตรงกันทั้งสองฝั่ง ตรวจตัวพิมพ์เล็กใหญ่และช่องว่าง แล้วแก้ให้เหมือนกัน",
     "The SRT passphrase is not the same at both ends. Compare capital letters and spaces, and "
     "make "
     "them equal."},
    {"srt-unsecure", "มีฝั่งเดียวที่ตั้งรหัสผ่าน (passphrase) ของ SRT ตั้งให้เหมือนกันทั้งสองฝั่ง หรือไม่ตั้งทั้งคู่",
     "Only one end has an SRT passphrase. Set the same one at both ends, or none at either."},
    {"srt-refused", "เครื่องส่ง SRT ไม่รับการเรียกนี้ ตรวจ streamid และถามผู้ดูแลเครื่องส่ง",
     "The SRT sender does not take this call. Check streamid, and ask whoever looks after it."},
    {"srt-no-answer",
     "ไม่มีเครื่องส่ง SRT ตอบที่อยู่นี้ ตรวจที่อยู่ พอร์ต (UDP) ไฟร์วอลล์ และว่าเครื่องส่งเปิดเป็น listener",
     "No SRT sender answers there. Check address, port (UDP), firewall, and that the sender is a "
     "listener."},
    {"srt-gone", "เครื่องส่ง SRT หยุดส่งหรือการเชื่อมต่อขาด ระบบจะรอและลองใหม่เอง",
     "The SRT sender stopped or the connection broke. It is waited for and called again by "
     "itself."},
    {"hls", "HLS นี้เป็นแบบ fMP4 ซึ่งระบบเปิดไม่ได้ ขอ HLS แบบ MPEG-TS (.ts) จากผู้ให้สัญญาณ",
     "This HLS has fMP4 segments, which cannot be opened. Ask the sender for HLS with MPEG-TS "
     "segments."},
    {"hls-encrypted", "HLS นี้เข้ารหัส ระบบเปิดไม่ได้ ขอสัญญาณที่ไม่เข้ารหัสจากผู้ให้สัญญาณ",
     "This HLS is encrypted and cannot be opened. Ask the sender for one in the clear."},
    {"not-found", "ไม่พบไฟล์นี้ในเครื่องแม่ข่าย ตรวจชื่อและโฟลเดอร์",
     "There is no such file on the server. Check its name and folder."},
    {"no-permission", "ระบบไม่มีสิทธิ์เปิดที่อยู่นี้ ตรวจสิทธิ์ของไฟล์หรืออุปกรณ์",
     "The server may not open this. Check the permissions of the file or device."},
    {"address-in-use", "มีโปรแกรมอื่นใช้ที่อยู่และพอร์ตนี้อยู่ ปิดโปรแกรมนั้นหรือเลือกพอร์ตอื่น",
     "Another program uses this address and port. End it, or choose another port."},
    {"unreachable", "ติดต่อเครื่องที่อยู่ปลายทางไม่ได้ ตรวจที่อยู่ สายเครือข่าย และไฟของเครื่อง",
     "That machine cannot be reached. Check its address, network cable and power."},
    {"silent", "เครื่องปลายทางไม่ตอบหรือไม่ส่งสัญญาณ ลองเปิดเครื่องใหม่ หากเป็น SAT>IP ลองเพิ่ม &transport=tcp",
     "That machine does not answer or sends nothing. Restart it; for SAT>IP try &transport=tcp."},
    {"busy", "ตัวรับสัญญาณไม่ว่าง มีผู้อื่นใช้อยู่ ระบบจะลองใหม่เอง",
     "No tuner is free; somebody else uses it. It is tried again by itself."},
    {"refused", "ตัวรับสัญญาณไม่รับค่าการจูนนี้ ตรวจ src freq pol msys sr และ fec",
     "The tuner does not take these parameters. Check src, freq, pol, msys, sr and fec."},
    {"missing", "ไม่พบตัวรับสัญญาณหรือสิ่งที่ขอ ตรวจว่าเสียบการ์ดหรือเปิดเครื่อง SAT>IP แล้ว และที่อยู่ถูกต้อง",
     "There is no such tuner or stream. Check that the card is plugged in or the SAT>IP server is "
     "on, and the address."},
    {"protocol", "คำตอบไม่เป็นไปตาม SAT>IP ตรวจว่าที่อยู่และพอร์ตเป็นของเซิร์ฟเวอร์ SAT>IP",
     "The answers are not what a SAT>IP server says. Check the address and port."},
    {"gone", "การเชื่อมต่อถูกตัดหรือตัวรับสัญญาณถูกถอดออก ระบบจะลองใหม่เอง",
     "The connection ended or the tuner was taken out. It is tried again by itself."},
    {"transport", "เซิร์ฟเวอร์ SAT>IP ไม่ส่งด้วยวิธีนี้ ลองเพิ่ม &transport=tcp หรือ &transport=udp",
     "The SAT>IP server does not send this way. Try &transport=tcp or &transport=udp."},
    {"tls", "ใบรับรองของเว็บปลายทางใช้ไม่ได้ ตรวจที่อยู่และวันที่ของเครื่องแม่ข่าย",
     "The certificate of that site is not good. Check the address and the server's date."},
    {"http-refused", "เว็บปลายทางไม่ให้สัญญาณ ตรวจที่อยู่และสิทธิ์การใช้งาน",
     "That site does not give the stream. Check the address and whether you may use it."},
    {"ended", "สัญญาณจบลง ระบบจะเปิดใหม่เอง", "The stream ended. It is opened again by itself."},
    {"timed-out", "ตัวรับสัญญาณค้างและถูกเริ่มใหม่ หากเกิดซ้ำโปรดแจ้งผู้ดูแลเครื่องแม่ข่าย",
     "The receiver hung and is started again. If it happens again, tell whoever looks after the "
     "server."},
    {"out-of-memory", "สัญญาณนี้ใช้หน่วยความจำมากเกินไป ตัวรับสัญญาณถูกเริ่มใหม่ โปรดแจ้งผู้ดูแลเครื่องแม่ข่าย",
     "The receiver took too much memory and is started again. Tell whoever looks after the "
     "server."},
    {"no-sandbox", "เครื่องแม่ข่ายยังรับสัญญาณอย่างปลอดภัยไม่ได้ โปรดให้ผู้ดูแลติดตั้ง bubblewrap",
     "The server cannot receive safely yet. Ask whoever looks after it to install bubblewrap."},
    {"class-off",
     "เครื่องแม่ข่ายนี้ยังไม่เปิดรับห้องเรียนสด ให้ผู้ดูแลตั้ง [live] srt_listen = 0.0.0.0:9710 แล้วเปิดบริการใหม่",
     "Live classes are not open on this server. Ask the administrator to set [live] srt_listen = "
     "0.0.0.0:9710 and start the service again."},
    {"no-picture", "มีสัญญาณเข้ามาแต่ไม่มีภาพหรือเสียง ตรวจในโปรแกรมส่งว่าเลือกกล้องหรือไมโครโฟนแล้ว",
     "Something comes, and there is neither picture nor sound in it. Choose camera and microphone "
     "in the sending program."},
    {"two-senders", "มีอีกเครื่องหนึ่งพยายามส่งด้วยกุญแจเดียวกัน หากไม่ใช่เครื่องของท่าน ให้สร้างกุญแจใหม่",
     "Another device tries to send with the same key. If it is not yours, make a new key."},
    {"key-withdrawn", "กุญแจนี้ถูกยกเลิกหรือเปลี่ยนแล้ว ใช้กุญแจใหม่ในโปรแกรมส่ง",
     "That key was withdrawn or renewed. Put the new one into the sending program."},
    {"deleted", "ที่อยู่นี้ถูกลบแล้ว", "This address was deleted."},
};

const char *
server_intakesentences_get_code(guint index)
{
    return index < G_N_ELEMENTS(rows) ? rows[index].code : NULL;
}

const char *
server_intakesentences_get(const char *code, ServerSentencesLanguage language)
{
    return server_sentences_find(rows, G_N_ELEMENTS(rows), code, language);
}
