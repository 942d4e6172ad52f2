# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""The demonstration lesson: fractions for the fourth year of primary school. A step is what is seen and
what is said meanwhile; a slide is a few steps that build it up."""

from drawing import (CORAL, DEEP, GOLD, GREY, INDIGO, LEAF, MIST, bar, box, cover, fraction, page, pie, text)

TITLE = "เศษส่วนแสนสนุก คณิตศาสตร์ ป.4"
SLIDES = 6


def cover_slide():
    yield (cover("เศษส่วน", "คณิตศาสตร์ ชั้นประถมศึกษาปีที่ 4", "บทที่ 1  ·  รู้จักเศษส่วน  ·  ประมาณ 2 นาที"),
           "สวัสดีค่ะ นักเรียนทุกคน วันนี้เราจะมาเรียนรู้เรื่อง เศษส่วน ด้วยกัน")


def equal_parts_slide():
    heading = "แบ่งเป็นส่วนเท่า ๆ กัน"
    whole = text(640, 190, "ขนมเค้กหนึ่งชิ้น แบ่งได้กี่ส่วนก็ได้ แต่ทุกส่วนต้องเท่ากัน", 36, DEEP, "middle")
    cakes = ((270, 1, "ทั้งชิ้น"), (640, 2, "2 ส่วน"), (1010, 4, "4 ส่วน"))
    said = ("นี่คือขนมเค้กหนึ่งชิ้น ยังไม่ได้แบ่ง", "ถ้าเราแบ่งเค้กเป็นสองส่วนเท่ากัน แต่ละส่วนเรียกว่า ครึ่งหนึ่ง",
            "ถ้าแบ่งเป็นสี่ส่วนเท่ากัน แต่ละส่วนจะเล็กลง แต่ทุกส่วนยังเท่ากัน")
    body = whole
    for (x, parts, name), words in zip(cakes, said):
        body += pie(x, 390, 140, parts, 1 if parts > 1 else 0) + text(x, 600, name, 42, INDIGO, "middle", "bold")
        yield page(heading, body, 2, SLIDES), words


def names_slide():
    heading = "ตัวเศษและตัวส่วน"
    body = fraction(300, 380, "3", "4", 190) + pie(1010, 390, 165, 4, 3)
    yield page(heading, body, 3, SLIDES), "เค้กสี่ส่วนเท่ากัน ระบายสีไว้สามส่วน เขียนเป็นเศษส่วนว่า เศษสามส่วนสี่"
    body += box(450, 205, 330, 110, "#fde6de") + text(615, 276, "ตัวเศษ", 54, CORAL, "middle", "bold")
    body += text(615, 352, "จำนวนส่วนที่ระบายสี", 30, GREY, "middle")
    yield page(heading, body, 3, SLIDES), "เลขสามด้านบน เรียกว่า ตัวเศษ บอกว่าเราสนใจกี่ส่วน"
    body += box(450, 430, 330, 110, MIST) + text(615, 501, "ตัวส่วน", 54, INDIGO, "middle", "bold")
    body += text(615, 577, "จำนวนส่วนทั้งหมด", 30, GREY, "middle")
    yield page(heading, body, 3, SLIDES), "เลขสี่ด้านล่าง เรียกว่า ตัวส่วน บอกว่าแบ่งทั้งหมดเป็นกี่ส่วนเท่ากัน"


def equal_fractions_slide():
    heading = "เศษส่วนที่เท่ากัน"
    rows = ((2, 1, "1", GOLD, "ดูแถบกระดาษนี้ ระบายสีเศษหนึ่งส่วนสอง"),
            (4, 2, "2", "#f7c65c", "แบ่งแต่ละส่วนให้เล็กลงอีก จะได้เศษสองส่วนสี่ ยาวเท่ากันพอดี"),
            (8, 4, "4", "#fad98f", "แบ่งอีกครั้ง ได้เศษสี่ส่วนแปด ก็ยังยาวเท่าเดิม เศษส่วนทั้งสามจึงเท่ากัน"))
    body = ""
    for i, (parts, shaded, top, colour, words) in enumerate(rows):
        y = 165 + 165 * i
        body += bar(300, y, 880, 110, parts, shaded, colour) + fraction(170, y + 52, top, str(parts), 54)
        yield page(heading, body, 4, SLIDES), words


def compare_slide():
    heading = "เปรียบเทียบเศษส่วน"
    body = pie(300, 300, 140, 5, 2, "#8fd0b4") + fraction(300, 550, "2", "5", 62)
    body += pie(980, 300, 140, 5, 4, "#8fd0b4") + fraction(980, 550, "4", "5", 62)
    yield page(heading, body, 5, SLIDES), "เมื่อตัวส่วนเท่ากัน เราเปรียบเทียบเศษส่วนได้ง่ายมาก ลองดูเศษสองส่วนห้า กับเศษสี่ส่วนห้า"
    body += text(640, 395, "<", 170, LEAF, "middle", "bold") + box(455, 465, 370, 92, "#e1f4eb")
    body += text(640, 525, "2 น้อยกว่า 4", 44, LEAF, "middle", "bold")
    yield page(heading, body, 5, SLIDES), "สองน้อยกว่าสี่ ดังนั้น เศษสองส่วนห้า น้อยกว่า เศษสี่ส่วนห้า"


def exercise_slide():
    heading = "ลองทำดู"
    body = text(80, 205, "รูปนี้ระบายสีเศษส่วนเท่าไร", 46, DEEP, weight="bold") + bar(80, 290, 760, 150, 6, 5, "#f29a7f")
    body += text(80, 530, "นับส่วนที่ระบายสี แล้วนับส่วนทั้งหมด", 38, GREY)
    yield page(heading, body + box(930, 200, 270, 380, "#ffffff", 24, "#c9cee8") + text(1065, 440, "?", 190, INDIGO, "middle", "bold"), 6, SLIDES), \
        "ถึงเวลาลองทำดู รูปนี้ระบายสีเศษส่วนเท่าไร นับส่วนที่ระบายสี แล้วนับส่วนทั้งหมด"
    yield page(heading, body + box(930, 200, 270, 380, "#ffffff", 24, GOLD) + fraction(1065, 385, "5", "6", 130), 6, SLIDES), \
        "คำตอบคือ เศษห้าส่วนหก เก่งมากค่ะ แล้วพบกันใหม่ในบทเรียนหน้า สวัสดีค่ะ"


def steps():
    """Every step of the lesson in order: (SVG text, words to speak)."""
    for slide in (cover_slide, equal_parts_slide, names_slide, equal_fractions_slide, compare_slide, exercise_slide):
        yield from slide()
