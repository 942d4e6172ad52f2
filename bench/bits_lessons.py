# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""Makes the lessons that bench/bits.py measures, of any length: Thai slides that are built up line by line, with
a moving inset and a cursor; a camera's picture (hand-held, noisy, somebody moving); and both in turn. The
slide lesson knows when each of its stills appears."""

import math
import random
import subprocess
import sys
from html import escape
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools" / "demo"))
import drawing  # noqa: E402

RATE = 25
INSET = (1016, 486, 240, 180)  # x, y, width, height
BUILDS = 3
WORDS = ("เศษส่วน จำนวนเต็ม ทศนิยม ร้อยละ สมการ มุมฉาก วงกลม พื้นที่ ปริมาตร ความเร็ว แรงโน้มถ่วง พลังงาน แสง เสียง ไฟฟ้า แม่เหล็ก "
         "พืช สัตว์ เซลล์ ระบบนิเวศ อากาศ น้ำ ดิน หิน ดวงดาว ประวัติศาสตร์ แผนที่ ภูมิภาค ประเทศ ภาษา คำนาม คำกริยา ประโยค เรื่องเล่า "
         "บทกวี สุขภาพ อาหาร การออม การงาน ชุมชน").split()
SAID = ("สวัสดีค่ะ นักเรียนทุกคน วันนี้เราเรียนเรื่องใหม่ด้วยกัน ตัวอย่างแรกอยู่บนกระดาน ลองอ่านตามครู แล้วจดลงในสมุด "
        "ถ้ายังไม่เข้าใจ ให้ย้อนกลับไปฟังอีกครั้ง ต่อไปเป็นแบบฝึกหัด คิดก่อนแล้วจึงตอบ เก่งมากค่ะ")


def run(*command, **more):
    done = subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed:\n{done.stdout}")


def draw(svg, path):
    path.with_suffix(".svg").write_text(svg, encoding="utf-8")
    run("rsvg-convert", "--format=png", f"--output={path}", path.with_suffix(".svg"))


def slide(number, count, lines):
    """A slide with its first `lines` lines."""
    dice = random.Random(number)
    words = dice.sample(WORDS, 12)
    body = ""
    for i in range(lines):
        y = 220 + 130 * i
        body += drawing.box(70, y - 60, 860, 100, (drawing.MIST, "#fde6de", "#e1f4eb")[i % 3])
        body += drawing.text(100, y + 6, f"{i + 1}. {words[3 * i]}และ{words[3 * i + 1]} กับ {words[3 * i + 2]}", 42, drawing.DEEP)
    if number % 3 == 0:
        body += drawing.pie(1090, 290, 110, 3 + number % 6, 1 + number % 3)
    return drawing.page(f"{number}. {words[9]}และ{words[10]}", body, 1 + number % 6, 6)


def face(moment):
    """The teacher in the inset: sways, blinks and speaks."""
    x, y = 120 + 9 * math.sin(moment * 1.1), 96 + 4 * math.sin(moment * 1.7)
    mouth = 4 + 9 * abs(math.sin(moment * 7.3) * math.sin(moment * 2.1))
    eye = 2 if moment % 3.1 < 0.12 else 7
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="240" height="180"><rect width="240" height="180" fill="#a9b7a1"/>'
            f'<rect x="18" y="12" width="70" height="90" fill="#7d8f86"/><ellipse cx="{x:.1f}" cy="{y + 108:.1f}" rx="74" ry="62" fill="#33476b"/>'
            f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="42" ry="52" fill="#c99a74"/><path d="M{x - 44:.1f},{y - 8:.1f} q44,-78 88,0 q-40,-30 -88,0" fill="#1d1a1a"/>'
            f'<ellipse cx="{x - 16:.1f}" cy="{y - 4:.1f}" rx="6" ry="{eye}" fill="#221b18"/><ellipse cx="{x + 16:.1f}" cy="{y - 4:.1f}" rx="6" ry="{eye}" fill="#221b18"/>'
            f'<ellipse cx="{x:.1f}" cy="{y + 26:.1f}" rx="13" ry="{mouth:.1f}" fill="#7c2f2b"/></svg>')


def make_inset(folder):
    """Ten seconds that close on themselves nearly enough; looped."""
    for i in range(125):
        (folder / f"face{i:03}.svg").write_text(face(i * 2 / RATE), encoding="utf-8")
        run("rsvg-convert", "--format=png", f"--output={folder / f'face{i:03}.png'}", folder / f"face{i:03}.svg")
    target = folder / "inset.mp4"
    run("ffmpeg", "-v", "error", "-y", "-framerate", "12.5", "-i", folder / "face%03d.png", "-vf",
        f"fps={RATE},noise=alls=5:allf=t,format=yuv420p", "-c:v", "libx264", "-crf", "16", target)
    return target


def make_speech(folder, seconds):
    said, target = folder / "said.wav", folder / "speech.wav"
    run("espeak-ng", "-v", "th", "-s", "132", "-w", said, SAID)
    run("ffmpeg", "-v", "error", "-y", "-stream_loop", "-1", "-i", said, "-f", "lavfi", "-i", "anoisesrc=color=pink:amplitude=0.002:sample_rate=48000",
        "-filter_complex", "[0]aresample=48000,volume=-9dB[s];[s][1]amix=normalize=0:duration=shortest", "-t", seconds, "-ac", "1", target)
    return target


def plan_slides(seconds):
    """(start in frames, slide, lines) of every still; at least 40 slides in 50 minutes."""
    count = max(2, round(seconds / 60))
    dice, steps = random.Random(7), []
    for number in range(1, count + 1):
        for lines in range(BUILDS + 1):
            at = (number - 1 + (lines + (dice.random() * 0.6 if lines else 0)) / (BUILDS + 1)) * seconds / count
            steps.append((round(at * RATE), number, lines))
    return steps, count


def encode(inputs, graph, speech, seconds, target):
    run("ffmpeg", "-v", "error", "-y", *inputs, "-i", speech, "-filter_complex", graph, "-map", "[out]", "-map", f"{inputs.count('-i')}:a", "-t", seconds,
        "-c:v", "libx264", "-preset", "veryfast", "-crf", "19", "-maxrate", "2M", "-bufsize", "4M", "-g", str(10 * RATE), "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "96k", target)


def make_slides(folder, seconds):
    """The path of the lesson, and the seconds at which its stills appear."""
    steps, count = plan_slides(seconds)
    listing = ["ffconcat version 1.0"]
    for i, (start, number, lines) in enumerate(steps):
        picture = folder / f"slide{number:03}-{lines}.png"
        draw(slide(number, count, lines), picture)
        end = steps[i + 1][0] if i + 1 < len(steps) else round(seconds * RATE)
        listing += [f"file '{picture.name}'", f"duration {(end - start) / RATE:.3f}"]
    (folder / "slides.ffconcat").write_text("\n".join([*listing, listing[-2]]) + "\n", encoding="utf-8")
    cursor = folder / "cursor.png"
    draw('<svg xmlns="http://www.w3.org/2000/svg" width="24" height="32"><path d="M2,2 L2,26 L8,20 L13,30 L17,28 L12,18 L20,18 Z" fill="#000" stroke="#fff" stroke-width="2"/></svg>', cursor)
    x, y, _, _ = INSET
    target = folder / "slides.mp4"
    graph = (f"[0]fps={RATE}[s];[s][1]overlay={x}:{y}:shortest=0[i];"
             f"[i][2]overlay=x='500+380*sin(floor(t/11)*2.1)+60*sin(2*t)*lt(mod(t,11),2)':y='380+210*cos(floor(t/11)*1.3)+40*cos(2*t)*lt(mod(t,11),2)',format=yuv420p[out]")
    inputs = ["-f", "concat", "-i", folder / "slides.ffconcat", "-stream_loop", "-1", "-i", make_inset(folder), "-loop", "1", "-framerate", str(RATE), "-i", cursor]
    encode(inputs, graph, make_speech(folder, seconds), seconds, target)
    return target, [start / RATE for start, _, _ in steps]


def make_camera(folder, seconds):
    """A classroom through a hand-held camera: texture, sway, somebody walking, sensor noise."""
    room = folder / "room.png"
    run("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "mandelbrot=size=1600x900:start_scale=0.02:end_scale=0.019", "-vf",
        "gblur=sigma=4,eq=saturation=0.5:contrast=0.8", "-frames:v", "1", room)
    graph = ("[0]crop=w=1280:h=720:x='160+60*sin(t*0.31)+9*sin(t*2.3)':y='90+30*sin(t*0.23)+6*sin(t*3.1)'[r];"
             "[1]scale=480:-2[p];[r][p]overlay=x='400+300*sin(t*0.19)':y='300+12*sin(t*2.7)',noise=alls=9:allf=t,format=yuv420p[out]")
    target = folder / "camera.mp4"
    inputs = ["-loop", "1", "-framerate", str(RATE), "-i", room, "-stream_loop", "-1", "-i", make_inset(folder)]
    encode(inputs, graph, make_speech(folder, seconds), seconds, target)
    return target


def make_mixed(folder, slides, camera, seconds):
    """A minute of each in turn."""
    graph = (f"[0]select='lt(mod(t,120),60)',setpts=N/{RATE}/TB[a];[1]select='gte(mod(t,120),60)',setpts=N/{RATE}/TB[b];"
             f"[a]split[a1][a2];[b]split[b1][b2];[a1]trim=0:60,setpts=PTS-STARTPTS[p];[b1]trim=0:60,setpts=PTS-STARTPTS[q];"
             f"[a2]trim=60:120,setpts=PTS-STARTPTS[r];[b2]trim=60:120,setpts=PTS-STARTPTS[s];[p][q][r][s]concat=n=4,format=yuv420p[out]")
    target = folder / "mixed.mp4"
    encode(["-i", slides, "-i", camera], graph, make_speech(folder, seconds), min(seconds, 240), target)
    return target
