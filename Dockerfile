# One image for web, worker, beat and migrations; the command says which. The suite runs on this Python.
ARG PYTHON_VERSION=3.11

FROM python:${PYTHON_VERSION}-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.lock /tmp/requirements.lock
RUN /opt/venv/bin/pip install --quiet --no-deps --only-binary :all: --require-hashes -r /tmp/requirements.lock

FROM python:${PYTHON_VERSION}-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 EMBEDDED=false DATA_DIR=/data
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal /data
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY . .
# Collecting needs settings that load, not settings that open anything: made here, gone with this line.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
    VAULT_KEYS="build:$(python -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())')" \
    DATABASE_URL=sqlite:///:memory: python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q /opt/venv/lib /app
USER portal
EXPOSE 8000
STOPSIGNAL SIGTERM
# Threads, because one who sends half a request must not hold up a whole process; each of them keeps a database connection.
CMD ["gunicorn", "integration_manager.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-tmp-dir", "/dev/shm", \
     "--worker-class", "integration_manager.web_worker.WebWorker", "--threads", "8", \
     "--timeout", "60", "--graceful-timeout", "30", "--max-requests", "5000", "--max-requests-jitter", "500", \
     "--access-logfile", "-"]
