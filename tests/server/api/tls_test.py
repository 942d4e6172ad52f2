# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""`daorian tls`, the second listener and the trust page: what was made is judged by openssl and by Python's own TLS. Prints
TAP. Argument: the daorian executable."""

import hashlib
import http.client
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tap  # noqa: E402
from daemon import Daemon  # noqa: E402

USAGE, DATAERR = 64, 65
FILES = {"authority.crt", "authority.key", "server.pem"}


def expect(answer, code, word=""):
    assert answer[0] == code, f"exit {answer[0]}, wanted {code}: {answer}"
    assert word in answer[1] + answer[2], f"{word!r} is not in {answer}"
    return answer[1]


def openssl(*arguments):
    return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=60)


def verify(tls, *names):
    """The chain holds, for every name."""
    for name in names:
        kind = "-verify_ip" if re.fullmatch(r"[0-9.]+|.*:.*", name) else "-verify_hostname"
        done = openssl("verify", "-x509_strict", kind, name, "-CAfile", tls / "authority.crt", tls / "server.pem")
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"


def find_days(path):
    text = openssl("x509", "-in", path, "-noout", "-dates").stdout
    begin, end = (ssl.cert_time_to_seconds(value) for value in re.findall(r"=(.*)", text))
    return (end - begin) / 86400, (end - time.time()) / 86400


def is_whole(tls):
    assert {path.name for path in tls.iterdir()} >= FILES
    verify(tls, "localhost")


def test_making(daemon):
    tls = daemon.data / "tls"
    made = expect(daemon.verb("tls", "--name", "Lessons.School.ac.th", "--name", "โรงเรียน.ไทย", "--name", "203.0.113.7"), 0,
                  "authority")
    assert {path.name for path in tls.iterdir()} == FILES
    assert tls.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in tls.iterdir())
    host = socket.gethostname().split(".")[0]
    verify(tls, "lessons.school.ac.th", "โรงเรียน.ไทย".encode("idna").decode(), "203.0.113.7", "localhost", "127.0.0.1", f"{host}.local")
    life, left = find_days(tls / "server.pem")
    assert 396 < left + 1 < 398 and life <= 397, (life, left)
    text = openssl("x509", "-in", tls / "authority.crt", "-noout", "-text").stdout
    for word in ("CA:TRUE, pathlen:0", "Name Constraints", "DNS:lessons.school.ac.th", "IP:192.168.0.0/255.255.0.0"):
        assert word in text, text
    before = (tls / "server.pem").read_bytes()
    assert "nothing was changed" in expect(daemon.verb("tls"), 0)
    assert (tls / "server.pem").read_bytes() == before
    assert re.search(r"SHA-256: ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})", made), made


def test_bad_names(daemon):
    before = (daemon.data / "tls" / "server.pem").read_bytes()
    for name in ("*.local", "under_score.local", "http://box", "box:8443", "", "a..b", "-a.local", "1.2.3", "0.0.0.0", "a b",
                 "x" * 64 + ".local", "224.0.0.1"):
        expect(daemon.verb("tls", "--name", name), USAGE, "neither a host name")
    for days in ("0", "397", "-1", "many"):
        expect(daemon.verb("tls", "--days", days), USAGE)
    expect(daemon.verb("tls", "extra"), USAGE)
    # What the authority was not made for, it never signs.
    expect(daemon.verb("tls", "--name", "bank.example.com"), DATAERR, "--new-authority")
    expect(daemon.verb("tls", "--name", "8.8.8.8"), DATAERR, "--new-authority")
    assert (daemon.data / "tls" / "server.pem").read_bytes() == before


def test_renewal(daemon):
    tls = daemon.data / "tls"
    authority = (tls / "authority.crt").read_bytes()
    expect(daemon.verb("tls", "--name", "second.local"), 0, "renewed")
    verify(tls, "second.local", "lessons.school.ac.th")  # names of before stay
    assert (tls / "authority.crt").read_bytes() == authority
    expect(daemon.verb("tls", "--new-authority", "--days", "30"), 0, "authority")
    assert (tls / "authority.crt").read_bytes() != authority
    assert [path for path in daemon.data.iterdir() if re.fullmatch(r"tls\.\d+", path.name)], "the old one was put aside"
    assert find_days(tls / "server.pem")[1] < 31
    expect(daemon.verb("tls", "--days", "30"), 0, "nothing was changed")
    expect(daemon.verb("tls"), 0, "renewed")  # thirty days are too near the end by default
    assert find_days(tls / "server.pem")[1] > 390


def ask(daemon, port, path, host="127.0.0.1", trusted=True, **headers):
    if port == daemon.port:
        connection = http.client.HTTPConnection(host, port, timeout=120)
    else:
        context = ssl.create_default_context(cafile=daemon.data / "tls" / "authority.crt" if trusted else None)
        connection = http.client.HTTPSConnection(host, port, timeout=120, context=context)
        # By address, whatever this machine's name service says of the host the certificate must name.
        connection.sock = context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=120), server_hostname=host)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    return response.status, response.headers, response.read()


def find_secure_port(daemon):
    return int(daemon._await(daemon.lines, r"https://127\.0\.0\.1:(\d+)/$"))


def test_two_listeners(daemon):
    daemon.start()
    secure = find_secure_port(daemon)
    assert secure != daemon.port
    for host in ("127.0.0.1", "localhost"):
        assert ask(daemon, secure, "/healthz", host)[0] == 200
    assert ask(daemon, daemon.port, "/healthz")[0] == 200
    try:
        ask(daemon, secure, "/healthz", trusted=False)
        raise AssertionError("an unknown authority was trusted")
    except ssl.SSLCertVerificationError:
        pass
    daemon.add_user("มาลี", "staff", "12345678")
    body = '{"name": "มาลี", "password": "12345678"}'.encode()
    names = []
    for port in (secure, daemon.port):
        kind = http.client.HTTPConnection if port == daemon.port else http.client.HTTPSConnection
        extra = {} if port == daemon.port else {
            "context": ssl.create_default_context(cafile=daemon.data / "tls" / "authority.crt")}
        connection = kind("127.0.0.1", port, timeout=120, **extra)
        connection.request("POST", "/api/v1/session", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        assert response.status == 200, response.read()
        cookie = response.headers.get_all("Set-Cookie")[0]
        names.append(cookie.split("=")[0])
        assert ("Secure" in cookie) == (port == secure)
        response.read()
        plain = cookie.split(";")[0]
        assert b'"account":null' not in ask(daemon, port, "/api/v1/session", Cookie=plain)[2].replace(b" ", b"")
    # A browser would not let HTTP overwrite a cookie that HTTPS set.
    assert names == ["__Host-daorian_session", "daorian_session"], names


def test_trust_page(daemon):
    status, headers, der = ask(daemon, daemon.port, "/trust/daorian-ca.crt")
    assert status == 200 and headers["Content-Type"] == "application/x-x509-ca-cert"
    pem = (daemon.data / "tls" / "authority.crt").read_text()
    assert der == ssl.PEM_cert_to_DER_cert(pem)
    digest = hashlib.sha256(der).hexdigest().upper()
    fingerprint = ":".join(digest[i:i + 2] for i in range(0, 64, 2))
    for query, words in (("", ("แอนดรอยด์", "ไอโฟน", "วินโดวส์", 'lang="th"')), ("?lang=en", ("Android", "iPhone", "Windows"))):
        status, headers, body = ask(daemon, daemon.port, "/trust" + query, Host="box.local:1234")
        page = body.decode()
        assert status == 200 and len(body) < 14336 and "<script" not in page
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        for word in (*words, fingerprint, "/trust/daorian-ca.crt", "https://box.local:"):
            assert word in page, f"{word} is not in {page}"
    for host in ('x"><script>', "evil.example/<b>", "a b"):
        connection = socket.create_connection(("127.0.0.1", daemon.port), timeout=120)
        connection.sendall(f"GET /trust HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while part := connection.recv(65536):
            answer += part
        connection.close()
        assert b"<script" not in answer and b"<b>evil" not in answer and b"evil.example/<b>" not in answer


def test_backup(daemon):
    copy = daemon.folder / "copy"
    expect(daemon.verb("backup", str(copy)), 0)
    assert {path.name for path in (copy / "tls").iterdir()} == FILES
    assert all(path.stat().st_mode & 0o077 == 0 for path in (copy / "tls").iterdir())
    daemon.stop()


def test_port_taken(daemon):
    """HTTPS that cannot listen where nobody asked for it must not keep HTTP away; where it was asked for, it is an error."""
    taken = socket.create_server(("127.0.0.1", 0))
    port = taken.getsockname()[1]
    daemon.config.write_text(f"[server]\nsecure_listen = 127.0.0.1:{port}\n")
    done = subprocess.run([daemon.program, "serve", "--config", daemon.config, "--data", daemon.data, "--listen", "127.0.0.1:0"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 and f"port {port}" in done.stderr, done
    daemon.config.write_text("[server]\nsecure_listen = no\n")
    daemon.start()
    daemon.await_setup_token()
    status, _, body = ask(daemon, daemon.port, "/trust")
    assert status == 200 and b"https://" not in body
    daemon.stop()
    taken.close()


def test_kill(daemon):
    """Killed at any moment the folder is whole or not there, and the next run puts everything right."""
    for turn in range(24):
        folder = daemon.folder / f"kill-{turn}"
        tls = folder / "tls"
        command = [daemon.program, "tls", "--data", folder, "--name", f"n{turn}.local"]
        for delay_ms in (2 * turn, 1 + turn):
            child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                child.wait(delay_ms / 1000)
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)
            child.wait()
            if tls.exists():
                is_whole(tls)
        assert subprocess.run(command, capture_output=True, timeout=60).returncode == 0
        is_whole(tls)
        verify(tls, f"n{turn}.local")
        shutil.rmtree(folder)


def main():
    daemon = Daemon(sys.argv[1])
    try:
        return tap.run(tap.find(globals()), daemon, log=lambda: daemon.errors)
    finally:
        daemon.clean()


if __name__ == "__main__":
    sys.exit(main())
