# An application, installed editable like everywhere else; nothing is published.
FROM python:3.13-slim
WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock \
    && useradd --create-home node && mkdir -p /data/secrets && chown -R node /data
COPY . .
RUN python -m infra.assets && rm -rf build web/node_modules
ENV PYTHONPATH=/app PYTHONUNBUFFERED=1
USER node
VOLUME /data
EXPOSE 8420
ENTRYPOINT ["python", "-m", "cli"]
