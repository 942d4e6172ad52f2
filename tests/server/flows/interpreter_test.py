# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""A sign-language interpreter is never dropped: a lesson with an inset is encoded, staff mark the inset, and all that
moves is made anew so that the inset can be read in every rung of it.

interpreter_test.py DAORIAN [FOLDER]: with FOLDER, a picture of each rung is left there to be looked at.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tap  # noqa: E402
from daemon import Daemon  # noqa: E402


WAIT_S = 500
CONFIG = "[storage]\nfree_floor_bytes=1M\n"
WIDTH, HEIGHT = 1280, 720
INSET = {"x": 1000, "y": 520, "width": 240, "height": 160}  # in pixels
MARK = {"x": 781, "y": 722, "width": 188, "height": 223}  # the same in permille
LEAST_LINES = 120
MOVING = ("lite", "small", "medium", "large")
# An inset that is another one, or blurred to nothing, is far below.
LEAST_SSIM = 0.7
SLIDE = ("color=0xf4f4f0:s=1280x720:r=10:d=4,drawbox=60:50:700:60:0x203050:fill,drawbox=60:{0}:600:20:0x404040:fill,"
         "drawbox=60:{1}:820:20:0x404040:fill,drawbox=60:{2}:500:20:0x404040:fill")
# The man in the inset: fine, and always in motion.
GRAPH = ("[0][1]concat=n=2[slides];[2]scale=240:160,hue=s=0[man];[slides][man]overlay=1000:520,format=yuv420p[v]")


def write_lesson(path):
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", SLIDE.format(200, 260, 320), "-f", "lavfi", "-i",
         SLIDE.format(180, 400, 470), "-f", "lavfi", "-i", "mandelbrot=s=480x320:r=10:end_scale=0.2:maxiter=200",
         "-f", "lavfi", "-i", "sine=f=400:d=8", "-filter_complex", GRAPH, "-map", "[v]", "-map", "3:a", "-t", "8", "-c:v",
         "libx264", "-preset", "ultrafast", "-crf", "16", "-c:a", "aac", str(path)],
        check=True, timeout=WAIT_S, stdin=subprocess.DEVNULL)


def measure_inset(source, rung):
    """SSIM of the inset, at the source's size, late in the lesson."""
    box = "crop={width}:{height}:{x}:{y}".format(**INSET)
    graph = (f"[0]fps=5,{box},trim=start=5:end=7,settb=1/1000,setpts=N*200[a];"
             f"[1]fps=5,scale={WIDTH}:{HEIGHT},{box},trim=start=5:end=7,settb=1/1000,setpts=N*200[b];[a][b]ssim")
    done = subprocess.run(["ffmpeg", "-v", "info", "-i", str(source), "-i", str(rung), "-filter_complex", graph,
                           "-f", "null", "-"], capture_output=True, text=True, timeout=WAIT_S, check=True)
    return float(re.search(r"SSIM Y:([0-9.]+)", done.stderr).group(1))


def await_lesson(daemon, token, lesson_id, wanted):
    until = time.monotonic() + WAIT_S
    while True:
        lesson = daemon.request("GET", f"/api/v1/lessons/{lesson_id}", None, {"Authorization": f"Bearer {token}"}).json()
        if wanted(lesson):
            return lesson
        assert time.monotonic() < until, f"it never came: {lesson}"
        time.sleep(0.2)


def list_sizes(lesson):
    return {rung["name"]: rung["height"] for rung in lesson["rungs"] if rung["name"] in MOVING}


def mark(daemon, staff, lesson_id):
    learner = daemon.add_user("learner", "learner")
    path, body = f"/api/v1/lessons/{lesson_id}/interpreter", json.dumps(MARK)
    for token, status in ((learner, 403), (staff, 200)):
        answer = daemon.request("PUT", path, body,
                                {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        assert answer.status == status, (answer.status, answer.body)
    return answer.json()


def check_before(lesson):
    sizes = list_sizes(lesson)
    assert lesson["interpreter"] is None, lesson["interpreter"]
    assert sizes["small"] < LEAST_LINES * HEIGHT / INSET["height"], f"nothing to be done: {sizes}"
    return {rung["name"]: rung["file_url"] for rung in lesson["rungs"]}


def check_after(lesson, files, bundle, source, pictures):
    sizes = list_sizes(lesson)
    assert set(sizes) >= {"lite", "small"}, sizes
    for rung in lesson["rungs"]:
        if rung["name"] not in MOVING:
            continue
        name, lines = rung["name"], rung["height"] * INSET["height"] / HEIGHT
        path = bundle / Path(rung["file_url"]).name
        # The mark is in whole permille.
        assert lines >= LEAST_LINES - 1, f"{name}: {lines} lines of the interpreter"
        assert name == "large" or rung["file_url"] != files.get(name), f"{name} was not made anew"
        ssim = measure_inset(source, path)
        print(f"# {name} {rung['width']}x{rung['height']} {rung['bytes']} bytes, inset {lines:.0f} lines, SSIM {ssim:.3f}")
        assert ssim >= LEAST_SSIM, f"{name}: SSIM of the interpreter {ssim}"
        if pictures:
            subprocess.run(["ffmpeg", "-v", "error", "-y", "-ss", "6", "-i", str(path), "-frames:v", "1",
                            f"{pictures}/{name}.png"], check=True, timeout=WAIT_S)
    # What tells a player of `slides` where the interpreter is; the copy on a stick has it too.
    assert lesson["interpreter"] == MARK, lesson["interpreter"]
    assert any(rung["name"] == "slides" for rung in lesson["rungs"]), sizes
    told = json.loads((bundle / "lesson.json").read_text())
    assert {rung["name"] for rung in told["rungs"]} == {rung["name"] for rung in lesson["rungs"]}


def test_interpreter(program, pictures):
    folder = Path(tempfile.mkdtemp(prefix="daorian-interpreter-"))
    daemon = Daemon(program, encoder=True, config=CONFIG)
    source = folder / "lesson.mp4"
    try:
        write_lesson(source)
        daemon.start()
        code, lesson_id, error = daemon.verb("import", "--config", str(daemon.config), str(source))
        assert code == 0, error
        staff = daemon.add_user("staff", "staff")
        before = await_lesson(daemon, staff, lesson_id, lambda lesson: lesson["complete"] and not lesson["refining"])
        files = check_before(before)
        marked = mark(daemon, staff, lesson_id)
        assert marked["state"] == "published", "it is never taken away"
        after = await_lesson(daemon, staff, lesson_id, lambda lesson: lesson["complete"] and list_sizes(lesson).get(
            "lite") != list_sizes(before)["lite"])
        check_after(after, files, daemon.data / "lessons" / lesson_id, source, pictures)
        page = daemon.request("GET", f"/lite/{lesson_id}", None, {"Authorization": f"Bearer {staff}"})
        assert "ล่ามภาษามือ" in page.body.decode(), "the page without script says nothing of the interpreter"
    finally:
        daemon.clean()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(tap.run([test_interpreter], sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None))
