"""Two hundred people at the pages while the database is stopped at once and started again."""

import http.client
import threading
import time
from collections import Counter
from urllib.parse import urlencode

ADVICE = ("Call 911 now", "Do not drive")
TOKEN = "c" * 32
FORM = "application/x-www-form-urlencoded"


class Crowd:
    """People who look at Today and tick a red answer, over and over, until told to stop."""

    def __init__(self, port, people):
        self.port, self.people = port, people
        self.pages, self.answers = Counter(), Counter()
        self.unadvised = 0
        self.told_saved = Counter()
        self.last_trouble = self.first_well = 0.0
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._live, args=[person]) for person in people]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)

    def _live(self, person):
        while not self.stopping.is_set():
            status, _ = self._ask(person, "GET", "/today/", None)
            with self.lock:
                self.pages[status] += 1
                if status != 200:
                    self.last_trouble = time.monotonic()
            form = urlencode({"flag": "r1", "region": "us", "csrfmiddlewaretoken": TOKEN})
            status, page = self._ask(person, "POST", f"/check-in/{person['day']}/safety/", form)
            with self.lock:
                self.answers[status] += 1
                self.unadvised += not all(words in page for words in ADVICE)
                self.told_saved[person["id"]] += "Your answer is saved" in page
            time.sleep(0.5)

    def _ask(self, person, method, path, form):
        cookies = f"sessionid={person['session']}; csrftoken={TOKEN}"
        headers = {"Cookie": cookies, "Content-Type": FORM, "Host": "localhost"}
        try:
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            line.request(method, path, form, headers)
            answer = line.getresponse()
            return answer.status, answer.read().decode()
        except OSError as error:
            return type(error).__name__, ""
